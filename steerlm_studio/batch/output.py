"""Where the answers of a batch go: one table of ours, or files that FastChat's judge reads."""

import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from steerlm_studio.batch.prompts import Prompt
from steerlm_studio.batch.settings import Setting
from steerlm_studio.batch.table import Row, Table
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import LaneDone

Format = Literal["studio", "fastchat"]
FORMATS: tuple[Format, ...] = ("studio", "fastchat")


class Answer(msgspec.Struct, frozen=True):
    """What came of one prompt under one setting: a reply per question, and their endings."""

    prompt: Prompt
    setting: Setting
    replies: tuple[str, ...]
    endings: tuple[LaneDone, ...]
    seconds: float


class Output:
    """Knows which prompts are answered under which settings, and takes further answers.

    `about` is what every row says of the model that made it. Raises StudioError.
    """

    def __init__(
        self,
        path: Path,
        form: Format,
        settings: Iterable[Setting],
        made_from: Mapping[str, str],
        kept: Callable[[Row], None] = lambda row: None,
    ) -> None:
        self.about: Mapping[str, Any] = {}
        self._done: set[tuple[int, str]] = set()
        self._kept = kept
        self._row = _as_fastchat if form == "fastchat" else _as_ours
        self._tables: dict[str, Table] = {}
        names = [setting.name for setting in settings]
        paths = paths_of(path, form, names)
        try:
            for one in dict.fromkeys(paths.values()):
                table = Table(one, made_from, self._remember)
                self._tables |= {name: table for name in names if paths[name] == one}
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Output":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def count(self) -> int:
        """How many answers there are."""
        return len(self._done)

    @property
    def paths(self) -> list[Path]:
        return list(dict.fromkeys(table.path for table in self._tables.values()))

    @property
    def mended(self) -> bool:
        """Whether a row was found cut and taken away."""
        return any(table.mended for table in self._tables.values())

    def has(self, prompt: Prompt, setting: Setting) -> bool:
        return (prompt.number, setting.name) in self._done

    def add(self, answer: Answer) -> None:
        name = answer.setting.name
        table = self._tables[name]
        table.add({**self._row(answer, table.path.stem), **self.about})
        self._done.add((answer.prompt.number, name))

    def sync(self) -> None:
        """Have what was added on the disk."""
        for table in set(self._tables.values()):
            table.sync()

    def close(self) -> None:
        for table in self._tables.values():
            table.close()

    def _remember(self, row: Row) -> None:
        try:
            self._done.add((int(row["number"]), str(row["setting"])))
        except (KeyError, TypeError, ValueError):
            raise StudioError(
                "The table holds a row without number and setting: it was changed by another "
                "program. Choose another --out."
            ) from None
        self._kept(row)


def paths_of(path: Path, form: Format, names: Iterable[str]) -> dict[str, Path]:
    """The file of each setting. FastChat has one model a file, so several settings have theirs."""
    names = list(names)
    if form == "studio" or len(names) == 1:
        return dict.fromkeys(names, path)
    found: dict[str, Path] = {}
    for name in names:
        plain = re.sub(r"[^\w.=+-]+", "-", name).strip("-.") or "setting"
        one = path.with_name(f"{path.stem}-{plain[:80]}{path.suffix}")
        while one in found.values():
            one = one.with_name(f"{one.stem}-2{one.suffix}")
        found[name] = one
    return found


def fingerprint(settings: Iterable[Setting], **also: object) -> str:
    """Of all that decides the answers beside prompts and model."""
    told = [
        [each.name, str(each.steering), msgspec.to_builtins(each.sampling)] for each in settings
    ]
    return hashlib.sha256(json.dumps([told, also], sort_keys=True).encode()).hexdigest()[:16]


def _as_ours(answer: Answer, stem: str) -> dict[str, Any]:
    last = answer.endings[-1]
    return {
        **_which(answer),
        "prompt": answer.prompt.questions[0],
        "replies": list(answer.replies),
        "control": str(answer.setting.steering),
        "finish": last.finish,
        "tokens": sum(ending.tokens for ending in answer.endings),
        "prompt_tokens": last.prompt_tokens,
        "seed": last.seed,
        "width": last.width,
        "seconds": round(answer.seconds, 3),
        "sampling": msgspec.to_builtins(answer.setting.sampling),
        **({"note": note} if (note := _note(answer)) else {}),
    }


def _as_fastchat(answer: Answer, stem: str) -> dict[str, Any]:
    """`gen_model_answer.py` of FastChat, with what is ours beside it, which its judge ignores."""
    return {
        "question_id": answer.prompt.id,
        "answer_id": uuid.uuid4().hex,
        "model_id": stem,
        "choices": [{"index": 0, "turns": list(answer.replies)}],
        "tstamp": time.time(),
        **_which(answer),
        "control": str(answer.setting.steering),
    }


def _note(answer: Answer) -> str:
    """What a server left out or changed."""
    return " ".join(dict.fromkeys(ending.note for ending in answer.endings if ending.note))


def _which(answer: Answer) -> dict[str, Any]:
    prompt = answer.prompt
    category = {"category": prompt.category} if prompt.category else {}
    name = answer.setting.name
    return {"number": prompt.number, "id": prompt.id, **category, "setting": name}
