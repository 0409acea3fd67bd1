"""`models`: what is on this machine and on the hub, and getting it from there."""

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from steerlm_studio.errors import StudioError
from steerlm_studio.models.hub_error import HubError

Run = Callable[[argparse.Namespace], int]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("models")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    here = _action(actions, "list", "what is on this machine, and the catalogue", _list)
    here.add_argument("--add-folder", type=Path, metavar="DIR", help="search DIR from now on")
    here.add_argument("--remove-folder", type=Path, metavar="DIR", help="search DIR no more")
    search = _action(actions, "search", "find models on the hub by words of their name", _search)
    search.add_argument("query", metavar="WORDS")
    search.add_argument("--limit", type=int, default=20, metavar="N")
    show = _action(actions, "show", "a model's card, licence and files", _show)
    show.add_argument("model", metavar="MODEL", help="owner/name, a link, a catalogue id or a file")
    get = _action(actions, "download", "fetch files of a model; goes on where it was ended",
                  _download)  # fmt: skip
    get.add_argument("repo", metavar="REPO", help="owner/name or a link")
    get.add_argument("files", metavar="FILE", nargs="*", help="names or patterns such as *Q8_0*")
    get.add_argument("--accept-licence", action="store_true", help="you accept its terms")
    login = _action(
        actions, "login", "log in to the hub with a token (asked for, or piped)", _login
    )
    login.add_argument("--who", action="store_true", help="only say who is logged in")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help: str, run: Run
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help)
    parser.add_argument("--json", action="store_true", help="for programs; errors as well")
    parser.set_defaults(run=_saying_errors(run))
    return parser


def _saying_errors(run: Run) -> Run:
    """With --json an error is one JSON object on stdout, so that a window can read it."""

    def run_and_say(options: argparse.Namespace) -> int:
        try:
            return _writing(run, options)
        except StudioError as error:
            if not options.json:
                raise
            said = {"message": str(error), "detail": error.detail, "kind": "other", "link": ""}
            if isinstance(error, HubError):
                said |= {"kind": error.kind, "link": error.link}
            print(msgspec.json.encode({"error": said}).decode())
            return 1

    return run_and_say


def _writing(run: Run, options: argparse.Namespace) -> int:
    """What cannot be kept (a folder, an accepted licence) is said. Raises StudioError."""
    try:
        return run(options)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StudioError(
            f"{error.filename or 'A file of the program'} cannot be written: "
            f"{error.strerror or error}. Free some space, or check who may write there."
        ) from error


# Imported when run: the hub's library takes most of a second, which other commands need not wait.


def _list(options: argparse.Namespace) -> int:
    from steerlm_studio.cli import models_list

    return models_list.run(options)


def _search(options: argparse.Namespace) -> int:
    from steerlm_studio.cli import models_list

    return models_list.search(options)


def _show(options: argparse.Namespace) -> int:
    from steerlm_studio.cli import models_show

    return models_show.run(options)


def _download(options: argparse.Namespace) -> int:
    from steerlm_studio.cli import models_download

    return models_download.run(options)


def _login(options: argparse.Namespace) -> int:
    from steerlm_studio.cli import models_login

    return models_login.run(options)
