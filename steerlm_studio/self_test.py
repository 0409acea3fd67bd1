"""`steerlm-studio --self-test`: whether this installation works, part by part, in seconds."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from steerlm_studio import checkpoint_tools, folders, resources
from steerlm_studio.child import child_command
from steerlm_studio.steer.presets import Preset, read_presets

_SECONDS = 180  # for one part, also on a slow machine
_TALK = [
    {
        "messages": [
            {"role": "user", "content": "Tea?"},
            {"role": "assistant", "content": "Yes."},
        ]
    }
]


@dataclass(frozen=True)
class Failure(Exception):
    """A part does not work; `why` is what it said."""

    why: str


def main() -> int:
    """Run all parts and print a line for each; 0 when all work."""
    failures = 0
    with tempfile.TemporaryDirectory(prefix="steerlm-studio-") as home:
        for name, part in PARTS.items():
            try:
                print(f"ok      {name}: {part(Path(home))}", flush=True)
            except Failure as failure:
                failures += 1
                print(f"FAILED  {name}: {failure.why}", flush=True)
    print(f"{len(PARTS) - failures} passed, {failures} failed", flush=True)
    return 1 if failures else 0


def _files(home: Path) -> str:
    demo = resources.demo_model()
    if not demo.is_file():
        raise Failure(f"the demo model is not at {demo}")
    presets = list(read_presets(resources.path("presets"), shipped=True))
    if not presets or not all(isinstance(preset, Preset) for preset in presets):
        raise Failure(f"the presets cannot be read: {presets}")
    return f"demo model of {demo.stat().st_size / 1e6:.1f} MB, {len(presets)} presets"


def _control(home: Path) -> str:
    said = _run(home, "control", "--set", "humor=3").strip()
    read = json.loads(_run(home, "control", "--parse", said, "--json"))
    if read["problems"]:
        raise Failure(f"{said!r} is read with {read['problems']}")
    return f"{len(said)} characters"


def _engine(home: Path) -> str:
    asked = ("generate", "What is tea?", "--mode", "exact", "--json")
    first, second = (json.loads(_run(home, *asked))["text"] for _ in range(2))
    if not first.strip() or first != second:
        raise Failure(f"two exact answers were {first!r} and {second!r}")
    return f"the demo model answered in {len(first.split())} words, twice the same"


def _store(home: Path) -> str:
    talk = home / "talk.jsonl"
    talk.write_text("\n".join(map(json.dumps, _TALK)), encoding="utf-8")
    _run(home, "transcripts", "import", str(talk))
    found = _run(home, "transcripts", "list", "--json").splitlines()
    if len(found) != len(_TALK):
        raise Failure(f"{len(found)} conversations came back of {len(_TALK)}")
    return "a conversation was kept and found again"


def _export(home: Path) -> str:
    if missing := checkpoint_tools.missing():
        return f"not part of this installation ({', '.join(missing)})"
    facts = json.loads(_run(home, "inspect", str(resources.demo_model()), "--json"))
    if facts["problem"]:
        raise Failure(str(facts["problem"]))
    return f"the demo model is {facts['architecture']}"


def _window(home: Path) -> str:
    command = child_command("steerlm_studio.ui.self_test")
    return _output(command, {"QT_QPA_PLATFORM": "offscreen"} | _variables(home)).strip()


PARTS: Mapping[str, Callable[[Path], str]] = {
    "files": _files,
    "control string": _control,
    "engine": _engine,
    "store": _store,
    "checkpoints": _export,
    "window": _window,
}


def _run(home: Path, *arguments: str) -> str:
    return _output(child_command("steerlm_studio", *arguments), _variables(home))


def _variables(home: Path) -> dict[str, str]:
    """The user's own folders stay untouched."""
    return {folders.HOME_VARIABLE: str(home)}


def _output(command: list[str], variables: Mapping[str, str]) -> str:
    environment = {**os.environ, **variables}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"no end after {_SECONDS} s: {' '.join(command)}") from None
    if done.returncode:
        raise Failure(f"status {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout
