"""Control strings read back, and what is wrong with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.steer.lint import matching_schema, parse
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON, OASST, SCHEMAS, Schema
from steerlm_studio.steer.steering import DEFAULT, Steering, default_steering


@st.composite
def steerings(draw: st.DrawFn) -> Steering:
    schema: Schema = draw(st.sampled_from(sorted(SCHEMAS.values(), key=lambda s: s.id)))
    values = tuple(
        draw(st.none() | st.integers(attribute.low, attribute.high))
        for attribute in schema.attributes
    )
    languages = st.sampled_from(schema.languages) if schema.languages else st.nothing()
    return Steering(schema, values, draw(st.none() | languages))


@given(steerings())
def test_parsing_is_the_inverse_of_writing(steering):
    parsed = parse(str(steering), steering.schema)
    assert parsed.steering == steering
    assert parsed.is_valid


@given(st.text(alphabet=st.sampled_from("qualityhumor:,0123456789 -\nlangende_é"), max_size=60))
def test_any_text_is_read_without_a_crash_and_what_is_kept_is_legal(text):
    parsed = parse(text, NEMOTRON)
    assert parse(str(parsed.steering), NEMOTRON).steering == parsed.steering
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    if parsed.is_valid:
        assert str(parsed.steering) == text


def _kinds(text: str, schema: Schema = NEMOTRON) -> list[str]:
    return [problem.kind for problem in parse(text, schema).problems]


@pytest.mark.parametrize(
    ("text", "kind", "fix"),
    [
        ("toxcity:0,lang:en", "unknown key", "toxicity:0"),
        ("humor:9,lang:en", "out of range", "humor:4"),
        ("humor:-1,lang:en", "out of range", "humor:0"),
        ("quality:4, humor:1,lang:en", "spaces", "humor:1"),
        ("quality:4,lang:en\n", "spaces", "lang:en"),
        ("humor:1,humor:2,lang:en", "duplicate", None),
        ("humor:1,quality:2,lang:en", "wrong order", None),
        ("humor:much,lang:en", "not a number", None),
        ("humor:03,lang:en", "malformed", "humor:3"),
        ("humor,lang:en", "malformed", None),
        ("humor:1,,lang:en", "malformed", None),
        ("humor:1,lang:en-US", "unknown language", "lang:en"),
        ("humor:1,lang:klingon", "unknown language", None),
        ("humor:1", "missing lang", ",lang:en"),
    ],
)
def test_each_fault_is_named_with_its_mend(text, kind, fix):
    (problem,) = parse(text, NEMOTRON).problems
    assert (problem.kind, problem.fix) == (kind, fix)


def test_a_string_of_another_family_is_told_so():
    assert "wrong schema" in _kinds(str(default_steering(NEMO_ALIGNER)), NEMOTRON)
    assert "wrong schema" in _kinds(str(DEFAULT), NEMO_ALIGNER)
    assert "wrong schema" in _kinds(str(DEFAULT), OASST)
    assert matching_schema(str(default_steering(NEMO_ALIGNER))) is NEMO_ALIGNER


def test_leaving_lang_out_is_legal_and_only_noted():
    parsed = parse("humor:1", NEMOTRON)
    assert parsed.is_valid
    assert parsed.steering["humor"] == 1


def test_the_empty_string_sets_nothing_and_is_fine():
    assert parse("", NEMOTRON).problems == ()


def test_what_can_be_used_of_a_faulty_string_is_used():
    parsed = parse("toxcity:2,humor:3,verbosity:7,lang:en", NEMOTRON)
    assert parsed.steering["humor"] == 3
    assert parsed.steering["verbosity"] == 4
    assert parsed.steering["toxicity"] is None
