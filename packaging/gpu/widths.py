"""Whether a lane's text in Fast is the same whatever runs beside it.

    python -m gpu.widths MODEL [--widths 1,2,3,4,5,6,7,8,25] [--tokens 48]

One prompt with one seed is answered as the first of so many lanes, the others under other settings.
Status 1 when a text differs.
"""

import argparse
import sys
from collections.abc import Sequence

from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Lane, Part, Sampling, Step

SAME_TEXT = "a lane's text does not depend on how many others run"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--widths", default="1,2,3,4,5,6,7,8,25")
    parser.add_argument("--tokens", type=int, default=48)
    options = parser.parse_args()
    widths = [int(word) for word in options.widths.split(",")]
    with Engine(options.model, context=1024, lanes=max(widths)) as engine:
        texts = {width: _first_of(engine, width, options.tokens) for width in widths}
    same = [width for width, text in texts.items() if text == texts[widths[0]]]
    print(f"The same text at widths {same} of {widths}.")
    return 0 if same == widths else 1


def _first_of(engine: Engine, width: int, tokens: int) -> str:
    lanes = [lane_of(number, tokens) for number in range(width)]
    replies = engine.generate(lanes, endless=True)
    return "".join(_pieces(list(replies)))


def lane_of(number: int, tokens: int) -> Lane:
    question = "System\nBe kind.\n\n", "User\nWhat is tea?\n", "Assistant\n"
    controls = ("<extra_id_0>", "<extra_id_1>", "<extra_id_1>", "<extra_id_2>")
    texts = (*question, f"quality:{number % 5},humor:{number // 5}\n")
    parts = [p for c, t in zip(controls, texts, strict=True) for p in _pair(c, t)]
    return Lane(tuple(parts), Sampling(max_tokens=tokens))


def _pair(control: str, text: str) -> tuple[Part, Part]:
    return Part("control", control), Part("text", text)


def _pieces(replies: Sequence[object]) -> list[str]:
    steps = [reply for reply in replies if isinstance(reply, Step)]
    return [step.pieces[step.lanes.index(0)] for step in steps if 0 in step.lanes]


if __name__ == "__main__":
    sys.exit(main())
