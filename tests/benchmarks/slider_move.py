"""What a slider move costs in a long conversation: tokens evaluated and time to first token.

    python tests/benchmarks/slider_move.py [--model demo] [--tokens 3000] [--moves 20]

Prints, for each attribute, the tokens evaluated and reused after moving it on one conversation,
then the time to first token cold and after a move, and their ratio.
"""

import argparse
import statistics
from collections.abc import Iterable

from steerlm_studio.cli.prompt import sent
from steerlm_studio.cli.settings import model_path
from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Done, Lane, Part, Sampling
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.steer.template import render

GREEDY = Sampling(temperature=0.0, max_tokens=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="demo")
    parser.add_argument("--tokens", type=int, default=3000)
    options = parser.parse_args()
    with Engine(model_path(options.model), threads=1) as engine:
        talk = _conversation(engine, options.tokens)
        cold = _ask(engine, talk, DEFAULT)
        print(f"cold: {cold.evaluated} evaluated, {cold.first_token_seconds * 1000:.1f} ms")
        moves = [_move(engine, talk, name) for name in DEFAULT.schema.names]
        warm = statistics.median(done.first_token_seconds for done in moves)
        print(f"after a move: median {warm * 1000:.1f} ms to the first token")
        print(f"cold / after a move: {cold.first_token_seconds / warm:.0f}")


def _move(engine: Engine, talk: Conversation, name: str) -> Done:
    """Ask under the default string, then with one attribute moved; the counts of the latter."""
    _ask(engine, talk, DEFAULT)
    moved = DEFAULT.having(**{name: 2})
    done = _ask(engine, talk, moved)
    before, after = (engine.tokenize(_parts(talk, s)).ids for s in (DEFAULT, moved))
    same = next(i for i, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1)
    print(
        f"{name:<18} evaluated {done.evaluated:3} of {len(after)}, "
        f"from the first changed token on: {len(after) - same:3}, reused {done.reused}"
    )
    return done


def _conversation(engine: Engine, tokens: int) -> Conversation:
    """Turns until the prompt is at least so long."""
    turn = Turn("What is tea?", "Tea is a drink made from the leaves of a plant. " * 6, DEFAULT)
    talk = Conversation()
    while len(engine.tokenize(_parts(talk, DEFAULT)).ids) < tokens:
        talk = talk.and_then(turn)
    return talk


def _parts(talk: Conversation, steering: Steering) -> tuple[Part, ...]:
    return sent(render(talk, "Why do people drink it?", steering))


def _ask(engine: Engine, talk: Conversation, steering: Steering) -> Done:
    replies: Iterable[object] = engine.generate([Lane(_parts(talk, steering), GREEDY)])
    return next(reply for reply in replies if isinstance(reply, Done))


if __name__ == "__main__":
    main()
