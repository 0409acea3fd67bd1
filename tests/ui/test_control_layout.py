"""The pieces of a control string: joined they are it; broken or folded it can be read."""

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.steer.steering import DEFAULT, Steering, default_steering, nothing_set
from steerlm_studio.ui.control_layout import Piece, folded, laid_out, pieces_of, wrapped

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


@given(steerings, st.integers(10, 300))
def test_a_folded_string_fits_on_the_line(steering: Steering, columns: int):
    assert len(text_of(folded(pieces_of(steering), {"humor"}, columns))) <= columns


def test_folding_keeps_what_matters_and_says_where_it_left_something_away():
    line = text_of(folded(pieces_of(DEFAULT), {"humor", "verbosity"}, 40))
    assert line == "quality:4,…,verbosity:4,…,humor:0,…"


def test_with_room_enough_nothing_is_folded_away():
    assert text_of(folded(pieces_of(DEFAULT), (), 400)) == str(DEFAULT)


@given(steerings, st.integers(26, 120), st.integers(1, 5))
def test_it_never_takes_more_lines_than_it_may(steering: Steering, columns: int, most: int):
    lines = laid_out(pieces_of(steering), {"lang"}, columns, most)
    assert len(lines) <= most
    if steering.lang:
        assert lines[-1][-1].key == "lang"


def test_with_lines_enough_nothing_is_left_away():
    lines = laid_out(pieces_of(DEFAULT), (), 80, 4)
    assert "".join(text_of(line) for line in lines) == str(DEFAULT)


def test_nothing_set_has_no_pieces():
    assert pieces_of(nothing_set(NEMOTRON)) == ()
