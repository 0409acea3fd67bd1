"""`models download`: fetch files in the terminal; the same run again goes on where one ended."""

import argparse
import fnmatch
import sys

from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli.words import as_time, printable
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_parts import grouped
from steerlm_studio.models.address import Address, address_in
from steerlm_studio.models.download import download
from steerlm_studio.models.hub import Hub, HubModel
from steerlm_studio.models.licences import accept, is_accepted, licence_named
from steerlm_studio.models.progress import Checking, Fetched, Finished, Progress, Waiting, line

WIDTH = 79


def run(options: argparse.Namespace) -> int:
    hub = Hub()
    address = address_in(options.repo, hub.endpoint)
    model = hub.model(address)
    names = _chosen(model, options.files or ([address.file] if address.file else []))
    _accept(model, hub, options)
    try:
        for name in names:
            for progress in download(Address(address.repo, name, address.revision), hub):
                _say(progress, options.json)
    except KeyboardInterrupt:
        print("\nWhat was fetched is kept; the same command goes on with it.", file=sys.stderr)
        raise
    return 0


def _chosen(model: HubModel, patterns: list[str]) -> list[str]:
    """The files that are meant: by name or pattern, or the only model there is."""
    if patterns:
        found = [f.name for f in model.files if any(_is_meant(f.name, p) for p in patterns)]
        missing = [p for p in patterns if not any(_is_meant(name, p) for name in found)]
        if missing:
            raise StudioError(
                f"{model.repo} has no file “{missing[0]}”. "
                f"See: steerlm-studio models show {model.repo}"
            )
        return found
    models = [f.name for f in model.files if f.kind != "other"]
    kinds = len(grouped(models))
    if kinds != 1:
        what = f"{kinds} models" if models else "no .gguf or .nemo file"
        raise StudioError(
            f"{model.repo} has {what}: name the files to fetch, or a pattern such as '*Q8_0*'. "
            f"See: steerlm-studio models show {model.repo}"
        )
    return models


def _is_meant(name: str, pattern: str) -> bool:
    """Also by its very name, which may hold signs of a pattern."""
    return name == pattern or fnmatch.fnmatchcase(name, pattern)


def _accept(model: HubModel, hub: Hub, options: argparse.Namespace) -> None:
    """Ask once for each licence. Raises StudioError when it is not accepted."""
    licence = licence_named(model.licence, model.licence_link or hub.page(model.repo))
    if is_accepted(licence):
        return
    where = licence.link or hub.page(model.repo)
    accepts = options.accept_licence
    if not accepts and sys.stdin.isatty() and not options.json:
        print(printable(f"This model is under {licence.name}: {where}"))
        accepts = input("Do you accept its terms? [y/N] ").strip().lower() in ("y", "yes")
    if not accepts:
        raise StudioError(
            f"The licence of {model.repo} was not accepted ({licence.name}, {where}), so nothing "
            "was fetched. Read it and add --accept-licence."
        )
    accept(licence)


def _say(progress: Progress, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(line(progress).decode())
        sys.stdout.flush()
    elif isinstance(progress, Finished):
        sys.stderr.write("\r" + " " * WIDTH + "\r" if sys.stderr.isatty() else "")
        print(progress.path)
        if progress.path.endswith(".nemo"):
            print(f"Next: steerlm-studio export {progress.path} OUT.gguf", file=sys.stderr)
    elif isinstance(progress, Waiting):
        print(f"\n{progress.reason}; trying again in {progress.seconds:.0f} s", file=sys.stderr)
    elif sys.stderr.isatty() and isinstance(progress, Fetched | Checking):
        sys.stderr.write("\r" + _line(progress)[:WIDTH].ljust(WIDTH))
        sys.stderr.flush()


def _line(progress: Fetched | Checking) -> str:
    done = f"{as_bytes(progress.done)} of {as_bytes(progress.total)}"
    if isinstance(progress, Checking):
        return f"checking what is here: {done}"
    return f"{done}  {as_bytes(progress.rate)}/s  {as_time(progress.remaining)} left"
