"""Options that several commands share: steering, schema, model."""

import argparse
import os
from dataclasses import replace
from pathlib import Path

from steerlm_studio import resources
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.changes import changes_in, left_out
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.template import TEMPLATES, Template, template_named


def add_steering_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE,…",
        action="append",
        default=[],
        help="attributes to change, e.g. humor=3,verbosity=1; toxicity=- leaves one out",
    )
    parser.add_argument("--lang", metavar="CODE", help="language of the reply; - leaves it out")
    parser.add_argument("--schema", metavar="S", help="nemotron-3-8b, nemo-aligner or oasst")


def add_template_options(parser: argparse.ArgumentParser) -> None:
    names = " or ".join(TEMPLATES)
    parser.add_argument("--template", metavar="T", help=f"{names}; the model's own if not given")
    parser.add_argument(
        "--newlines-after-system", type=int, choices=(1, 2), help="2: a blank line follows"
    )
    parser.add_argument(
        "--newline-after-control",
        action=argparse.BooleanOptionalAction,
        help="whether a newline follows the control string",
    )


def chosen_template(own: Template, options: argparse.Namespace) -> Template:
    """`own`, the model's template, or the named one, with the two newline variants as asked."""
    template = template_named(options.template) if options.template else own
    if options.newlines_after_system is not None:
        template = replace(template, blank_line_after_system=options.newlines_after_system == 2)
    if options.newline_after_control is not None:
        template = replace(template, newline_after_control=options.newline_after_control)
    return template


def steered(base: Steering, options: argparse.Namespace) -> Steering:
    """`base` with what `--set` and `--lang` say."""
    for changes in options.set:
        base = base.with_values(changes_in(changes))
    return base if options.lang is None else base.having(lang=left_out(options.lang))


def model_path(name: str) -> Path:
    """The file of a model: a path, or “demo” for the shipped one. Raises StudioError."""
    path = resources.demo_model() if name == "demo" else Path(name).expanduser()
    if not os.path.isfile(path):  # also where it cannot be seen
        raise StudioError(f"There is no model file {path}. Give the path of a .gguf file, or demo.")
    return path
