import random

import torch
from demo_model.batches import Stream, pad
from demo_model.encoding import Encoded, Encoder

from tests.demo_model.toy_corpus import drawn


def test_targets_are_the_next_tokens_of_what_is_learned():
    batch = pad([Encoded([5, 6, 7, 8], [0, 0, 2, 1]), Encoded([5, 9], [0, 3])])
    counted = batch.weights > 0
    assert batch.ids.shape == (2, 16)
    assert batch.targets[counted].tolist() == [7, 8, 9]
    assert batch.weights[counted].tolist() == [2, 1, 3]
    assert batch.ids[batch.chosen][counted].tolist() == [6, 7, 5]
    assert batch.tokens == 6


def test_a_batch_learned_everywhere_needs_no_spare_place():
    batch = pad([Encoded(list(range(17)), [1.0] * 17)])
    assert batch.chosen.all()
    assert batch.targets.tolist() == list(range(1, 17))


def test_a_stream_taken_up_in_the_middle_goes_on_alike(tokenizer):
    def stream(place=None) -> Stream:
        return Stream(drawn, Encoder(tokenizer), 2, seed=3, place=place)

    first = stream()
    for _ in range(21):
        first.next(0.5)
    second = stream(first.place)
    for _ in range(20):
        ours, theirs = first.next(0.7), second.next(0.7)
        assert torch.equal(ours.ids, theirs.ids)


def test_the_corpus_is_told_the_progress(tokenizer):
    told = []

    def draw(rng: random.Random, progress: float):
        told.append(progress)
        return drawn(rng, progress)

    Stream(draw, Encoder(tokenizer), 2, seed=3).next(0.25)
    assert set(told) == {0.25}
