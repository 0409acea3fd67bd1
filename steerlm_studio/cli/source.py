"""Where a command's model is: in a file, or on a server."""

import argparse
import getpass
import hashlib
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

from steerlm_studio.cli.settings import model_path
from steerlm_studio.engine.client import Engine
from steerlm_studio.engine.server_client import ServerEngine
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import Header, glance
from steerlm_studio.memory_need import CACHES, context_size, is_beyond
from steerlm_studio.server_address import address_of
from steerlm_studio.server_key import key_for

_CONCURRENCY = 8  # requests at a time unless asked otherwise
_AHEAD = 4  # requests for each that a server answers at a time, so that none waits for the slowest
_ENDS = 2**20  # bytes at both ends of a model that tell it from others


@dataclass(frozen=True)
class Source:
    """A model: what it says of itself, a fingerprint, and an engine for it.

    `together` is how many lanes a run should have where lanes gain nothing from a common prompt.
    """

    metadata: Mapping[str, str]
    fingerprint: str
    open: Callable[[int], AbstractContextManager[Engine]]  # of so many lanes
    together: int = 1


def add_source_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="M", default="demo", help="a .gguf file, or demo")
    parser.add_argument("--context", type=int, metavar="TOKENS", default=0)
    add_loading_options(parser)
    parser.add_argument("--server", metavar="URL", help="a model on a server, in place of --model")
    parser.add_argument("--server-model", metavar="NAME", default="", help="if it has several")
    parser.add_argument("--concurrency", type=int, metavar="N", default=_CONCURRENCY,
                        help="requests to the server at a time")  # fmt: skip
    parser.add_argument("--ask-key", action="store_true", help="type the server's key, unseen")


def add_loading_options(parser: argparse.ArgumentParser) -> None:
    """Where a model's layers lie, and how its keys and values are kept."""
    parser.add_argument("--gpu-layers", type=int, metavar="N", default=-1)
    parser.add_argument("--threads", type=int, metavar="N", default=0, help="0 adapts it")
    parser.add_argument(
        "--cache", choices=CACHES, default="f16", help="how keys and values are kept"
    )
    parser.add_argument("--split", metavar="SHARES", default="",
                        help="of the layers for several GPUs, e.g. 3,1")  # fmt: skip
    parser.add_argument("--overcommit", action="store_true", help="load whatever seems to fit")


def source_of(options: argparse.Namespace, stack: ExitStack) -> Source:
    """The model that the options name; a server is asked at once, and left with the stack."""
    if not options.server:
        path = model_path(options.model)
        header = glance(path)
        if is_beyond(header, options.context):
            _say_context(header, options.context)
        metadata = header.strings
        return Source(metadata, _fingerprint(path), lambda lanes: _file(options, lanes))
    engine = stack.enter_context(_server(options))
    if options.mode == "exact":
        raise StudioError(f"{engine.ready.cannot['exact']} Leave --mode exact out.")
    name = hashlib.sha256(f"server {engine.ready.name}".encode()).hexdigest()[:16]
    together = _AHEAD * engine.ready.lanes
    return Source(engine.ready.metadata, name, lambda lanes: nullcontext(engine), together)


def _say_context(header: Header, asked: int) -> None:
    trained = context_size(header, asked)
    print(
        f"steerlm-studio: the model was trained with {trained} tokens, so its context is that "
        f"and not {asked}.",
        file=sys.stderr,
    )


def _file(options: argparse.Namespace, lanes: int) -> Engine:
    return Engine(
        model_path(options.model),
        context=options.context,
        lanes=lanes,
        gpu_layers=options.gpu_layers,
        threads=options.threads,
        cache=options.cache,
        split=options.split,
        overcommit=options.overcommit,
    )


def _server(options: argparse.Namespace) -> Engine:
    key = getpass.getpass("Key: ") if options.ask_key else key_for(options.server)
    if key and not address_of(options.server).is_encrypted:
        print("steerlm-studio: http:// sends the key unencrypted.", file=sys.stderr)
    return ServerEngine(
        options.server, model=options.server_model, key=key, concurrency=options.concurrency
    )


def _fingerprint(path: Path) -> str:
    """Of its size and both ends, since reading 17 GB takes longer than most batches."""
    size = path.stat().st_size
    with path.open("rb") as file:
        digest = hashlib.sha256(str(size).encode() + file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return digest.hexdigest()[:16]
