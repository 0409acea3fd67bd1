"""The pieces of a control string: joined they are it; broken between attributes it reads well."""

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.steer.steering import Steering, default_steering
from steerlm_studio.ui.control_layout import (
    Piece,
    pieces_of,
    place_shown,
    place_typed,
    with_breaks,
    without_breaks,
    wrapped,
)

values = st.none() | st.integers(0, 4)
steerings = st.builds(
    Steering,
    st.just(NEMOTRON),
    st.tuples(*[values] * len(NEMOTRON.attributes)),
    st.none() | st.sampled_from(NEMOTRON.languages),
)


def text_of(pieces: list[Piece] | tuple[Piece, ...]) -> str:
    return "".join(piece.text + "," * piece.comma for piece in pieces)


@given(steerings)
def test_the_pieces_joined_are_the_control_string(steering: Steering):
    assert text_of(pieces_of(steering)) == str(steering)


@given(steerings, st.integers(26, 200))
def test_lines_lose_nothing_and_fit(steering: Steering, columns: int):
    lines = wrapped(pieces_of(steering), columns)
    assert "".join(text_of(line) for line in lines) == str(steering)
    assert all(len(text_of(line)) <= columns for line in lines)


def test_a_piece_wider_than_the_line_gets_its_own():
    lines = wrapped(pieces_of(default_steering(NEMO_ALIGNER)), 5)
    assert len(lines) == len(NEMO_ALIGNER.attributes)


@given(st.text(alphabet="ab:,0 ", max_size=60))
def test_what_is_typed_is_cut_and_joined_without_loss(string: str):
    assert text_of(pieces_of(string)) == string
    assert all(string[p.start :].startswith(p.text) for p in pieces_of(string))


@given(st.text(alphabet="ab:,0 ", max_size=60), st.integers(0, 60))
def test_the_breaks_on_the_screen_come_and_go(string: str, place: int):
    shown = with_breaks(string)
    assert without_breaks(shown) == string
    assert place_typed(place_shown(place, string), shown) == place
