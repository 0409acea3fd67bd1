"""What NeMo makes of a line of SteerLM data: written from the description of its format.

`gpt_sft_chat_dataset.py`: <extra_id_0>System, newline, the system text, newline; each turn
<extra_id_1>, its speaker, newline, for VALUE_TO_TEXT and a label <extra_id_2>, the label, newline,
then its text and a newline. What the masked role says, and every label, is not trained on.
Before 2024 the newlines after the system text stood in the data, and none was added.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """`text` as the model sees it in training, `trained` the parts that the loss counts."""

    text: str
    trained: tuple[str, ...]


def example(line: str, *, before_2024: bool = False) -> Example:
    found = json.loads(line)
    assert found.get("type") in (None, "VALUE_TO_TEXT", "TEXT_TO_VALUE")
    masked = found.get("mask", "User")
    newline = "" if before_2024 else "\n"
    text, trained = f"<extra_id_0>System\n{found['system']}{newline}", []
    speaker = ""
    for turn in found["conversations"]:
        speaker = turn["from"]
        text += f"<extra_id_1>{speaker}\n"
        label = turn.get("label")
        assert label is None or isinstance(label, str)
        if found.get("type") == "VALUE_TO_TEXT" and label is not None:
            text += f"<extra_id_2>{label}\n"
        text += f"{turn['value']}\n"
        if speaker != masked:
            trained.append(turn["value"])
    return Example(text + ("<extra_id_1>" if speaker != masked else ""), tuple(trained))
