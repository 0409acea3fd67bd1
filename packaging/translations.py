"""Collect the window's words for translators and compile what they wrote.

    python packaging/translations.py

Updates every resources/translations/*.ts and makes the .qm beside it. English holds plurals only;
another language begins with an empty file of its name, e.g. steerlm_studio_de.ts.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "translations"


def main() -> int:
    sources = sorted(map(str, (ROOT / "steerlm_studio" / "ui").rglob("*.py")))
    sources.append(str(ROOT / "steerlm_studio" / "steer" / "lint.py"))
    for words in sorted(FOLDER.glob("*.ts")):
        is_english = words.stem.endswith("_en")
        options = ["-pluralonly"] if is_english else []
        alias = ["-tr-function-alias", "translate+=_say"]
        _run("pyside6-lupdate", *sources, *options, *alias, "-no-obsolete", "-locations", "none",
             "-ts", str(words))  # fmt: skip
        _run("pyside6-lrelease", str(words), "-qm", str(words.with_suffix(".qm")))
    return 0


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([Path(sys.executable).parent / tool, *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
