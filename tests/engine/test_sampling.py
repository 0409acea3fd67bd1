import ctypes
import itertools
import time

import numpy as np
import pytest
from llama_cpp import llama_cpp as L

from steerlm_studio.engine.candidates import candidates
from steerlm_studio.engine.sampling import Sampler, real_seed
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling

BIG = 256_000
KINDS = {
    "k50": Sampling(),
    "k50 precise": Sampling(temperature=0.1),
    "k200": Sampling(top_k=200, top_p=0.9, temperature=1.5),
    "nucleus": Sampling(top_k=10_000, top_p=0.9, temperature=0.8),
    "all": Sampling(top_k=0, top_p=1.0, temperature=1.2),
    "top p of all": Sampling(top_k=0, top_p=0.8),
    "top p of few": Sampling(top_k=0, top_p=0.95, temperature=2.0, min_p=0.001),
    "min p of all": Sampling(top_k=0, top_p=1.0, min_p=0.05),
    "min p of k": Sampling(min_p=0.1),
    "penalty": Sampling(repeat_penalty=1.3),
    "reward": Sampling(repeat_penalty=0.7, top_k=20),
    "greedy": Sampling(temperature=0),
    "greedy by k": Sampling(top_k=1),
}


class Whole:
    """llama.cpp's chain on all tokens of a row."""

    def __init__(self, sampling, size=BIG):
        self.chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
        steps = [
            L.llama_sampler_init_penalties(size, 64, sampling.repeat_penalty, 0, 0),
            L.llama_sampler_init_top_k(sampling.top_k),
            L.llama_sampler_init_top_p(sampling.top_p, 1),
            L.llama_sampler_init_min_p(sampling.min_p, 1),
            L.llama_sampler_init_temp(sampling.temperature),
            L.llama_sampler_init_dist(sampling.seed),
        ]
        if sampling.temperature == 0:
            steps[1:] = [L.llama_sampler_init_greedy()]
        for step in steps:
            L.llama_sampler_chain_add(self.chain, step)

    def choose(self, row):
        data = np.zeros(len(row), [("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        data["id"], data["logit"] = np.arange(len(row)), row
        array = L.llama_token_data_array()
        array.data = ctypes.cast(data.ctypes.data, L.llama_token_data_p)
        array.size, array.selected, array.sorted = len(row), -1, False
        L.llama_sampler_apply(self.chain, ctypes.byref(array))
        token = int(data["id"][array.selected])
        L.llama_sampler_accept(self.chain, token)
        return token

    def close(self):
        L.llama_sampler_free(self.chain)


def rows(size, count, seed):
    """Rows as models give them, some with many equal values, some with outliers."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        row = (rng.standard_normal(size) * rng.uniform(0.5, 4)).astype(np.float32)
        if number % 3 == 1:
            row = np.round(row * rng.choice([2, 8, 64])) / np.float32(8)
        if number % 4 == 2:
            row[rng.integers(0, size, 5)] += np.float32(9)
        yield row.astype(np.float32)


@pytest.mark.parametrize(("name", "size"), list(itertools.product(KINDS, [512, 6144, 32_000, BIG])))
def test_the_tokens_are_those_of_llama_cpps_own_chain(name, size):
    sampler, whole = Sampler(KINDS[name]), Whole(KINDS[name], size)
    count = 24 if size == BIG else 60
    for row in rows(size, count, seed=len(name)):
        before = row.copy()
        assert sampler.choose(row) == whole.choose(row)
        assert np.array_equal(row, before)
    sampler.close()
    whole.close()


def test_rows_full_of_ties_are_left_to_the_chain():
    row = np.zeros(BIG, np.float32)
    row[:60] = 5
    assert len(candidates(row, Sampling()).ids) == BIG
    sampler, whole = Sampler(Sampling()), Whole(Sampling())
    assert [sampler.choose(row) for _ in range(9)] == [whole.choose(row) for _ in range(9)]
    sampler.close()
    whole.close()


def test_a_large_row_is_reduced_to_the_top_k():
    row = next(rows(BIG, 1, seed=3))
    assert len(candidates(row, Sampling(top_k=50)).ids) == 50


@pytest.mark.parametrize("size", [32_000, BIG])
def test_a_large_row_is_reduced_to_the_nucleus(size):
    sampling = Sampling(top_k=0, top_p=0.9)
    row = next(rows(size, 1, seed=3)) * np.float32(3)
    few = candidates(row, sampling)
    assert few.narrowed
    assert len(few.ids) < size / 16
    shares = np.exp(row.astype(np.float64))[few.ids] / np.exp(row.astype(np.float64)).sum()
    assert shares.sum() >= 0.9 > shares[:-1].sum()


def test_a_row_of_equals_has_no_certain_nucleus():
    assert not candidates(np.zeros(BIG, np.float32), Sampling(top_k=0, top_p=0.9)).narrowed


def test_a_row_that_is_mostly_impossible_is_sampled_from_what_is_left():
    row = np.full(BIG, -np.inf, np.float32)
    row[[7, 70]] = 1, 1.5
    sampler, whole = Sampler(Sampling()), Whole(Sampling())
    assert [sampler.choose(row) for _ in range(9)] == [whole.choose(row) for _ in range(9)]
    sampler.close()
    whole.close()


def test_the_same_seed_gives_the_same_tokens():
    chosen = []
    for seed in (1, 1, 2):
        sampler = Sampler(Sampling(seed=seed))
        chosen.append([sampler.choose(row) for row in rows(512, 20, seed=5)])
        sampler.close()
    assert chosen[0] == chosen[1] != chosen[2]


def test_a_negative_seed_is_any_and_is_told():
    assert real_seed(7) == 7
    assert 0 <= real_seed(-1) < 2**32 - 1
    assert len({real_seed(-1) for _ in range(4)}) > 1
    assert real_seed(2**32 - 1) != 2**32 - 1  # llama.cpp would take another seed than we say


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_out_of_range_are_said_instead_of_sampled(value):
    sampler = Sampler(Sampling())
    row = np.zeros(512, np.float32)
    row[7] = value
    with pytest.raises(StudioError, match="no usable numbers"):
        sampler.choose(row)
    sampler.close()


def test_choosing_from_a_large_row_is_much_cheaper_than_the_whole_chain():
    sampler, whole = Sampler(Sampling()), Whole(Sampling())
    spent = {}
    for name, chooser in (("ours", sampler), ("whole", whole)):
        some = list(rows(BIG, 12, seed=9))[::3]  # without ties
        for row in some * 3:
            chooser.choose(row)
        began = time.process_time()
        for row in some * 10:
            chooser.choose(row)
        spent[name] = time.process_time() - began
    sampler.close()
    whole.close()
    assert spent["ours"] < spent["whole"]
