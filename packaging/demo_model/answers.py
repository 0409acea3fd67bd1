"""Lets the shipped model answer probes, several side by side, by the program's own engine."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from demo_model.probes import Answer, Probe
from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Lane, Part, Sampling, Step

SIDE_BY_SIDE = 8
CONTEXT = 4096  # tokens for all of them; a probe and its reply take about 500
MAX_TOKENS = 300


def engine_answers(model: Path, temperature: float, seed: int, threads: int = 0) -> Answer:
    """A function that answers probes with `model`; the same seed gives the same replies."""

    def answer(probes: Sequence[Probe]) -> list[str]:
        with Engine(str(model), context=CONTEXT, lanes=SIDE_BY_SIDE, threads=threads) as engine:
            return list(_answers(engine, probes, temperature, seed))

    return answer


def _answers(
    engine: Engine, probes: Sequence[Probe], temperature: float, seed: int
) -> Iterator[str]:
    lanes = [
        Lane(
            tuple(Part(part.kind, part.text) for part in probe.prompt()),
            Sampling(temperature=temperature, seed=seed + number, max_tokens=MAX_TOKENS),
        )
        for number, probe in enumerate(probes)
    ]
    for start in range(0, len(lanes), SIDE_BY_SIDE):
        batch = lanes[start : start + SIDE_BY_SIDE]
        texts = [""] * len(batch)
        for reply in engine.generate(batch):
            if isinstance(reply, Step):
                for lane, piece in zip(reply.lanes, reply.pieces, strict=True):
                    texts[lane] += piece
        yield from (text.strip() for text in texts)
        print(f"\r{start + len(batch)} of {len(lanes)} replies", end="", flush=True)
    print()
