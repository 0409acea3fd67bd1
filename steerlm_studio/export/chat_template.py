"""The Jinja chat template in a GGUF, so that llama-server and others send the exact prompt."""

import json
import re

from steerlm_studio.errors import StudioError

# What may differ between families; `steerlm.template` in the GGUF holds the name.
_AFTER_SYSTEM = {"nemotron": "\\n\\n", "nemo-aligner": "\\n"}
_PLAIN = re.compile(r"[\w:,.+\- ]*")

_TEMPLATE = """\
{%- set steering = control if control is defined else CONTROL -%}
{%- set first = messages[0] if messages else {} -%}
{%- set system = first.content if first.role == 'system' else SYSTEM -%}
{{- '<extra_id_0>System\\n' + system + 'AFTER_SYSTEM' -}}
{%- for message in messages -%}
{%- if message.role == 'user' -%}
{{- '<extra_id_1>User\\n' + message.content + '\\n' -}}
{%- elif message.role == 'assistant' -%}
{%- set own = message.control if message.control is defined else steering -%}
{{- '<extra_id_1>Assistant\\n' -}}
{%- if own -%}{{- '<extra_id_2>' + own + '\\n' -}}{%- endif -%}
{{- message.content + '\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<extra_id_1>Assistant\\n' -}}
{%- if steering -%}{{- '<extra_id_2>' + steering + '\\n' -}}{%- endif -%}
{%- endif -%}
"""


def chat_template(template: str, control: str, system: str) -> str:
    """The template named `template` with its default control string and system text.

    Callers override the control string with `control` (chat_template_kwargs), and that of a past
    reply with the message's own `control`. Raises StudioError.
    """
    if template not in _AFTER_SYSTEM:
        raise StudioError(
            f"There is no prompt template “{template}”. Known: {', '.join(_AFTER_SYSTEM)}."
        )
    if not _PLAIN.fullmatch(control):
        raise StudioError(
            f"“{control}” cannot be a control string: only letters, digits and : , . + - _ occur "
            "in one."
        )
    values = {
        "AFTER_SYSTEM": _AFTER_SYSTEM[template],
        "CONTROL": f"'{control}'",
        "SYSTEM": _quoted(system),
    }
    return re.sub(r"\b[A-Z_]{4,}\b", lambda name: values[name.group()], _TEMPLATE)


def _quoted(text: str) -> str:
    """A Jinja string; JSON's escapes mean the same there, save for the slash's."""
    return json.dumps(text, ensure_ascii=False)
