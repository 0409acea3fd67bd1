import contextlib
import os
import resource
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerlm_studio.engine import header
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_reader import reading
from tests.engine import tiny


@pytest.fixture(scope="module")
def whole(model):
    return model.read_bytes()


@pytest.fixture
def refused(tmp_path):
    """Writes bytes and returns the sentence with which they are refused."""

    def refuse(data):
        path = tmp_path / "model.gguf"
        path.write_bytes(data)
        with pytest.raises(StudioError) as caught:
            header.read(path)
        return str(caught.value)

    return refuse


def pair(key, kind, value):
    return struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", kind) + value


def gguf(*pairs, tensors=0, version=3, rest=b""):
    head = b"GGUF" + struct.pack("<IQQ", version, tensors, len(pairs))
    return head + b"".join(pairs) + rest


def test_a_good_file_tells_its_values(model):
    found = header.read(model)
    assert found.architecture == "nemotron"
    assert found.number("context_length") == 4096
    assert found.number("attention.head_count") == 4
    assert found.number("no.such.key", 7) == 7
    assert found.strings["steerlm.schema"] == "nemotron-3-8b"
    assert found.strings["steerlm.dummy_prefix"] == "false"
    assert found.file_bytes == model.stat().st_size


@pytest.mark.parametrize("name", ["llama", "gpt2", "qwen3moe", "phi3"])
def test_any_architecture_that_llama_cpp_knows_is_let_through(tmp_path, name):
    assert header.read(tiny.write(tmp_path / "m.gguf", architecture=name)).architecture == name


def test_an_unknown_architecture_is_refused_by_its_name(tmp_path):
    path = tiny.write(tmp_path / "m.gguf", architecture="parrot")
    with pytest.raises(StudioError, match="architecture 'parrot' is unknown"):
        header.read(path)


def test_what_only_sees_or_hears_for_another_model_is_said_to_do_so(tmp_path):
    with pytest.raises(StudioError, match="lets another model see or hear"):
        header.read(tiny.write(tmp_path / "mmproj-m.gguf", architecture="clip"))


def test_a_later_part_names_the_first_and_a_lonely_first_part_the_one_it_misses(tmp_path):
    first, second, third = tiny.write_split(tmp_path)
    assert header.read(first).architecture == "nemotron"
    with pytest.raises(StudioError, match=f"Open its first part, {first.name}"):
        header.read(second)
    third.unlink()
    with pytest.raises(StudioError, match=f"{third.name} is not beside it"):
        header.read(first)


def test_what_is_no_gguf_is_said_to_be_none(refused):
    assert "no GGUF file" in refused(b"PK\x03\x04 this is a zip of some kind")
    assert "it is empty" in refused(b"")
    assert "ends too early" in refused(b"GG")


def test_a_missing_file_or_folder_or_pipe_is_said_to_be_that(tmp_path):
    os.mkfifo(tmp_path / "pipe.gguf")
    long = tmp_path / ("a" * 300 + ".gguf")
    for path in (tmp_path / "none.gguf", tmp_path, tmp_path / "pipe.gguf", long):
        with pytest.raises(StudioError, match="cannot be read"):
            header.read(path)


def test_other_versions_and_byte_orders_are_refused(refused):
    assert "version 1 is unknown" in refused(gguf(version=1))
    assert "big-endian" in refused(gguf(version=3 << 24))


def test_a_file_cut_anywhere_is_refused(refused, whole):
    for end in range(4, len(whole) - 1, len(whole) // 97):
        assert "cannot be used" in refused(whole[:end])
    assert "ends too early" in refused(whole[:-64])


HUGE = 2**63 - 1
HOSTILE = {
    "tensors": gguf(tensors=HUGE),
    "pairs": b"GGUF" + struct.pack("<IQQ", 3, 1, HUGE),
    "key": gguf(struct.pack("<Q", HUGE)),
    "string": gguf(pair("a", 8, struct.pack("<Q", HUGE))),
    "list": gguf(pair("a", 9, struct.pack("<IQ", 4, HUGE))),
    "strings": gguf(pair("a", 9, struct.pack("<IQ", 8, HUGE)), rest=b"\0" * 64),
    "string in a list": gguf(pair("a", 9, struct.pack("<IQQ", 8, 1, HUGE))),
    "list of lists": gguf(pair("a", 9, struct.pack("<IQ", 9, 2)), rest=b"\0" * 64),
    "type": gguf(pair("a", 77, b"\0" * 64)),
    "key twice": gguf(pair("a", 0, b"\1"), pair("a", 0, b"\1")),
    "alignment": gguf(pair("general.alignment", 4, struct.pack("<I", 3)), rest=b"\0" * 64),
}


SPARSE = {  # what a file of holes can hold, at no cost for who sends it
    "listed texts are more": gguf(pair("a", 9, struct.pack("<IQ", 8, 2**26))),
    "metadata entries and 0 tensors": b"GGUF" + struct.pack("<IQQ", 3, 0, 2**24),
    "16777216 tensors are more": gguf(tensors=2**24),
    "a name in it is longer": gguf(struct.pack("<Q", 2**28)),
    "which architecture": gguf(pair("a", 8, struct.pack("<Q", 2**29))),  # a text that is not kept
    "or these are too large": gguf(pair("a", 9, struct.pack("<IQ", 0, 2**29)), b"", rest=b"\0" * 9),
}


@pytest.mark.parametrize("words", SPARSE)
def test_a_header_larger_than_any_is_not_read(tmp_path, words):
    path = tmp_path / "sparse.gguf"
    path.write_bytes(SPARSE[words])
    os.truncate(path, 2**30)
    before = _peak()
    with pytest.raises(StudioError, match=words):
        header.read(path)
    assert _peak() - before < 50e6


def test_a_file_that_is_cut_while_it_is_read_is_refused(model, tmp_path):
    """A map of it would end the process."""
    path = tmp_path / "model.gguf"
    path.write_bytes(model.read_bytes())

    def cut_and_read(reader):
        reader.take(4)
        os.truncate(path, 8)
        reader.at = 2**19
        reader.take(8)

    with pytest.raises(StudioError, match="it was cut while it was read"):
        reading(path, cut_and_read)


def test_a_part_that_is_cut_or_of_another_place_is_named(tmp_path):
    first, second, third = tiny.write_split(tmp_path)
    right = second.read_bytes()
    second.write_bytes(right[:-1])
    with pytest.raises(StudioError, match=f"{second.name} cannot be used: it ends too early"):
        header.read(first)
    second.write_bytes(third.read_bytes())
    with pytest.raises(StudioError, match="it is not part 2 of 3, as its name says"):
        header.read(first)


@pytest.mark.parametrize(
    "name", ["m.gguf", "m-00001-of-00002.gguf", "m-00001-of-00000.gguf", "m-00001-of-99999.gguf"]
)
def test_a_part_under_another_name_is_said_to_be_one(tmp_path, name):
    first, second, _ = tiny.write_split(tmp_path)
    second.rename(tmp_path / "m-00002-of-00002.gguf")
    first = first.rename(tmp_path / name)
    with pytest.raises(StudioError, match="is one of 3 parts of a model, and is not named so"):
        header.read(first)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_count_or_length_beyond_the_file_is_refused_at_once(refused, name):
    began = time.process_time()
    assert "cannot be used" in refused(HOSTILE[name])
    assert time.process_time() - began < 0.5


def changed(tmp_path, **changes):
    right = tiny.from_sentencepiece()
    lists = {"pieces": right.pieces, "scores": right.scores, "types": right.types} | changes
    return tiny.write(tmp_path / "changed.gguf", vocabulary=tiny.Vocabulary(**lists)).read_bytes()


def test_a_vocabulary_that_llama_cpp_would_die_on_is_refused(refused, tmp_path):
    right = tiny.from_sentencepiece()
    twice = [*right.pieces[:-1], right.pieces[-2]]
    assert "holds a token twice" in refused(changed(tmp_path, pieces=twice))
    lacking = [piece.replace(b"<0x41>", b"<0xZZ>") for piece in right.pieces]
    assert "lacks 1 of the 256 byte tokens" in refused(changed(tmp_path, pieces=lacking))
    assert "token_type does not fit" in refused(changed(tmp_path, types=right.types[:-1]))
    assert "scores does not fit" in refused(changed(tmp_path, scores=right.scores[:-1]))


def tensor(shape=(8,), kind=0, offset=0, name=b"t"):
    data = struct.pack("<Q", len(name)) + name + struct.pack("<I", len(shape))
    return data + struct.pack(f"<{len(shape)}QIQ", *shape, kind, offset)


TENSORS = {
    "impossible shape": tensor((0,)),
    "5 dimensions": tensor((1,) * 5),
    "0 dimensions": tensor(()),
    "number format 4, unknown": tensor(kind=4),
    "impossible shape or place": tensor((33,), kind=8),
    "impossible shape or": tensor(offset=7),
    "impossible": tensor((2**40, 2**40)),
    "too long or there twice": tensor(name=b"x" * 64),
    "ends too early": tensor((4096,)),
}


@pytest.mark.parametrize("words", TENSORS)
def test_a_tensor_that_cannot_be_is_refused(refused, whole, words):
    """The metadata of a good file, then one bad tensor."""
    start = whole.index(struct.pack("<Q", 17) + b"token_embd.weight")
    data = whole[:8] + struct.pack("<Q", 1) + whole[16:start] + TENSORS[words] + b"\0" * 512
    assert words in refused(data)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(whole, tmp_path_factory, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.one_of(st.integers(0, 400), st.integers(0, len(whole) - 8)))
        value = data.draw(st.sampled_from([0, 1, 255, 2**31, 2**62, 2**64 - 1]))
        damaged[at : at + 8] = struct.pack("<Q", value)
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(damaged)
    with contextlib.suppress(StudioError):
        assert header.read(path).architecture


def test_a_vocabulary_of_256k_is_checked_in_under_a_second(tmp_path):
    vocabulary = tiny.widened(tiny.from_sentencepiece(), 256_000)
    shape = tiny.Shape(layers=1, width=8, heads=1, ffn=8)
    path = tiny.write(tmp_path / "large.gguf", vocabulary=vocabulary, shape=shape)
    before, began = _peak(), time.process_time()
    header.read(path)
    assert time.process_time() - began < 1
    assert _peak() - before < 200e6


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
