"""Collect the window's words for translators, compile what they wrote, say what is missing.

    python packaging/translations.py            update resources/translations/*.ts and *.qm
    python packaging/translations.py --check    change nothing; fail while a word is missing

English holds plurals only; another language begins with an empty file of its name, e.g.
steerlm_studio_fr.ts.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from sentences import sentences_in
from words import Word, words_in

from steerlm_studio.errors import StudioError
from steerlm_studio.models.catalog import catalogue
from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.steer.presets import read_presets

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "translations"
ERRORS = FOLDER / "errors.json"
WHOLE = ("engine", "export", "batch", "store", "models", "steer")  # packages that the window hears
SINGLE = (
    *(
        "gguf_header",
        "gguf_parts",
        "gguf_reader",
        "outcome",
        "folders",
        "sampling",
        "server_address",
        "server_key",
    ),
    *("cli/batch_work", "cli/batch_progress", "cli/export", "cli/models", "cli/models_download"),
    *("cli/models_login", "cli/source", "cli/transcripts", "cli/transcripts_export"),
    *("cli/transcripts_import", "cli/transcripts_open"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    is_check = parser.parse_args().check
    words = all_words()
    errors = json.dumps(all_sentences(), ensure_ascii=False, indent=1) + "\n"
    if not is_check:
        ERRORS.write_text(errors, encoding="utf-8")
        for file in sorted(FOLDER.glob("*.ts")):
            update(file, words)
    gaps = [gap for file in sorted(FOLDER.glob("*.ts")) for gap in missing(file, words)]
    if ERRORS.read_text(encoding="utf-8") != errors:
        gaps.append(f"{ERRORS.name} is not what the code says: run `make translations`.")
    print("\n".join(gaps) or f"{len(words)} words, all of them in every language.")
    return int(is_check and bool(gaps))


def all_words() -> list[Word]:
    """Of the code, and of the values that the window shows in words."""
    package = ROOT / "steerlm_studio"
    files = [*sorted((package / "ui").rglob("*.py")), *sorted((package / "steer").rglob("*.py"))]
    found = [word for file in files for word in words_in(file)]
    found += [Word("Language", english) for english, _ in LANGUAGES.values()]
    found += [Word("Attribute", attribute.definition) for attribute in ATTRIBUTES.values()]
    for preset in read_presets(ROOT / "resources" / "presets", shipped=True):
        if not isinstance(preset, StudioError):
            found += [Word("Preset", preset.name), Word("Preset", preset.description)]
    found += [Word("Catalogue", said) for model in catalogue() for said in model.sentences]
    found += [Word("Error", sentence) for sentence in all_sentences()]
    return sorted(dict.fromkeys(found), key=lambda word: word.context)


def all_sentences() -> list[str]:
    """What the window can be told by what knows no Qt: its children, its files, its store."""
    package = ROOT / "steerlm_studio"
    files = [package / f"{name}.py" for name in SINGLE]
    files += [file for name in WHOLE for file in (package / name).rglob("*.py")]
    slips = words_in(package / "steer" / "lint.py")  # an error may hold one
    return sorted({*(s for file in files for s in sentences_in(file)), *(w.text for w in slips)})


def update(file: Path, words: list[Word]) -> None:
    """Bring the words of one language up to date, keep what is translated, compile it.

    Qt's own tools do it; they are given the words as lines of C++, which they read best.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "words.cpp"
        source.write_text("".join(map(_as_code, words)), encoding="utf-8")
        options = ["-pluralonly"] if is_english(file) else []
        _run("lupdate", source, *options, "-no-obsolete", "-locations", "none", "-ts", file)
    _run("lrelease", file, "-silent", "-qm", file.with_suffix(".qm"))


def missing(file: Path, words: list[Word]) -> list[str]:
    """What is not translated in `file`, a line each."""
    wanted = {word for word in words if word.plural or not is_english(file)}
    return sorted(f"{file.name}: {w.context}: {w.text}" for w in wanted - translated(file))


def translated(file: Path) -> set[Word]:
    """The finished words of a language."""
    found = set()
    for context in ElementTree.parse(file).getroot().iter("context"):
        for message in context.iter("message"):
            form = message.find("translation")
            if form is not None and form.get("type") != "unfinished":
                name, text = context.findtext("name", ""), message.findtext("source", "")
                found.add(Word(name, text, plural=message.get("numerus") == "yes"))
    return found


def is_english(file: Path) -> bool:
    return file.stem.endswith("_en")


def _as_code(word: Word) -> str:
    context, text = (json.dumps(said, ensure_ascii=False) for said in (word.context, word.text))
    number = ', "", 0' if word.plural else ""
    return f"QCoreApplication::translate({context}, {text}{number});\n"


def _run(tool: str, *arguments: str | Path) -> None:
    subprocess.run([Path(sys.executable).parent / f"pyside6-{tool}", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
