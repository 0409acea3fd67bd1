"""Conversations and settings for the tests of the store."""

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.records import Asked, Setup
from steerlm_studio.store.store import Store

SETUP = Setup(
    schema="nemotron-3-8b",
    template="nemotron",
    sampling=Sampling(temperature=0.6, seed=7),
    mode="exact",
    model="Nemotron-3-8B-Chat-SteerLM",
    model_hash="ab12",
    quant="Q8_0",
    device="CPU",
    versions={"llama.cpp": "0.3.36"},
)


def asked(question: str = "Name a tree.", **values: int | str | None) -> Asked:
    return Asked(question, str(DEFAULT.with_values(values)), SETUP, seed=7)


def answered(
    store: Store, conversation: int, parent: int | None, question: str, reply: str, **values: int
) -> int:
    (turn,) = store.ask(conversation, parent, asked(question, **values))
    store.append({turn: reply})
    store.finish(turn, "stop")
    return turn
