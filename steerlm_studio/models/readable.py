"""Small files that a person can read and mend: written whole or not at all."""

import contextlib
import logging
import os
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
_log = logging.getLogger(__name__)


def path_text(path: str | Path) -> str:
    """A path as a file of ours can hold it; bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode(errors="replace")


def write_readable(file: Path, value: object) -> None:
    """Write as indented JSON under a temporary name, sync, rename. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def read_readable(file: Path, kind: type[T], default: T) -> T:
    """The value of the file, or the default where there is none.

    A file that cannot be understood is set aside as NAME.damaged, never overwritten; one that may
    not be read counts as none: preferences must not keep the program from starting.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        return default
    except OSError as error:
        _log.warning("%s cannot be read (%s) and counts as none", file, error)
        return default
    except (msgspec.MsgspecError, RecursionError) as error:
        aside = file.with_name(file.name + ".damaged")
        with contextlib.suppress(OSError):  # on a disk that refuses it stays where it is
            file.replace(aside)
        _log.warning("%s was damaged (%s) and is kept as %s", file, error, aside.name)
        return default
