"""Outside text is shown as it is: nothing hidden, nothing endless, nothing taken for markup."""

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.ui.text_safety import BREAK, LONGEST_RUN, shown, tooltip


def test_direction_overrides_are_shown_by_name():
    assert shown("abc\u202egpj.exe") == "abc⟨RLO⟩gpj.exe"


def test_an_unbroken_run_gets_places_to_break():
    text = shown("a" * 5000)
    assert max(len(run) for run in text.split(BREAK)) <= LONGEST_RUN
    assert text.replace(BREAK, "") == "a" * 5000


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]), max_size=500))
def test_ordinary_text_stays_as_it_is(text: str):
    assert shown(text) == text


def test_a_tooltip_does_not_take_text_for_markup():
    assert "<img" not in tooltip('<img src="/etc/passwd">')
