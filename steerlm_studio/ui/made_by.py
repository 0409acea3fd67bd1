"""What an answer is made with, to be kept with it: model, layout, device, versions."""

from dataclasses import fields

from steerlm_studio import __version__
from steerlm_studio.models.fingerprint import fingerprint
from steerlm_studio.steer.template import TEMPLATES, Template
from steerlm_studio.store.records import Setup
from steerlm_studio.ui.model import Model


def setup_by(model: Model) -> Setup:
    """Sampling and mode are not the model's: they come with each answer."""
    ready = model.ready
    versions = {"steerlm-studio": __version__}
    if ready is not None:
        versions["llama.cpp"] = ready.llama_version
    return Setup(
        schema=model.schema.id if model.schema else "",
        template=_said(model.template),
        model=model.name,
        model_hash=fingerprint(model.path),
        quant=ready.quant if ready else "",
        device=ready.device if ready else "",
        versions=versions,
    )


def _said(template: Template) -> str:
    """Its name, and which switches the user has set otherwise."""
    known = TEMPLATES.get(template.id, template)
    names = [field.name for field in fields(Template)]
    switched = [
        f"{name}={getattr(template, name)}"
        for name in names
        if getattr(template, name) != getattr(known, name)
    ]
    return " ".join([template.id, *switched])
