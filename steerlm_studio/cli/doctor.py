"""`doctor`: what this machine has and what is missing."""

import argparse
import json
from typing import Any

from steerlm_studio.doctor import examine


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("doctor")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    report = examine()
    if options.json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for section, facts in report.items():
            if section != "problems":
                print(section.replace("_", " "))
                _print(facts, "  ")
        print("\n".join(f"\nPROBLEM: {text}" for text in report["problems"]) or "\nAll is well.")
    return 1 if report["problems"] else 0


def _print(facts: Any, indent: str) -> None:
    for name, value in facts.items():
        if isinstance(value, dict):
            print(f"{indent}{name}")
            _print(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                print(f"{indent}{name}: {', '.join(f'{k} {v}' for k, v in item.items())}")
        else:
            print(f"{indent}{name:<20} {_readable(name, value)}")


def _readable(name: str, value: Any) -> str:
    if name.endswith("bytes") and isinstance(value, int):
        return f"{value / 2**30:.1f} GiB" if value >= 2**30 else f"{value / 2**20:.1f} MiB"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "-" if value is None else str(value)
