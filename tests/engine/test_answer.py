from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.engine.answer import StoppingText

STOP = "<extra_id_1>"


def pieces(data, cuts):
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.text(alphabet="ab<extra_id_1>é€😀", max_size=60), st.lists(st.integers(0, 999)))
def test_the_text_up_to_the_stop_is_shown_however_it_is_cut(text, cuts):
    stopping, shown = StoppingText([STOP]), ""
    for piece in pieces(text.encode(), cuts):
        if not stopping.stopped:
            shown += stopping.add(piece)
    if not stopping.stopped:
        shown += stopping.add(b"", final=True)
    assert shown == text.partition(STOP)[0]
    assert stopping.stopped == (STOP in text)


def test_what_may_be_the_start_of_a_stop_is_held_back_no_longer_than_needed():
    stopping = StoppingText([STOP])
    assert stopping.add(b"An oak <ext") == "An oak "
    assert stopping.add(b"ension") == "<extension"


def test_a_character_in_two_tokens_is_shown_when_it_is_whole():
    stopping = StoppingText([])
    assert [stopping.add(b"\xe2\x82"), stopping.add(b"\xac")] == ["", "€"]


def test_half_a_character_at_the_end_is_shown_as_unknown():
    stopping = StoppingText([])
    assert stopping.add(b"\xe2\x82") + stopping.add(b"", final=True) == "\ufffd"
