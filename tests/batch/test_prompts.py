"""Files of prompts: the forms that are read, and what is said of wrong lines."""

import json
import tracemalloc

import pytest

from steerlm_studio.batch.prompts import LONGEST, PromptFile
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Turn


@pytest.fixture
def prompts(tmp_path):
    def read(text, name="prompts.jsonl"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with PromptFile(path) as file:
            file.scan()
            return list(file)

    return read


def _line(**fields):
    return json.dumps(fields) + "\n"


def test_plain_text_holds_a_prompt_a_line_and_may_have_blank_ones(prompts):
    found = prompts("\ufeffWhat is tea?\r\n\n  {braces} are text here \n", "prompts.txt")
    assert [prompt.questions for prompt in found] == [
        ("What is tea?",),
        ("{braces} are text here",),
    ]
    assert [(prompt.number, prompt.id, prompt.line) for prompt in found] == [(1, 1, 1), (2, 2, 3)]


def test_a_file_without_an_ending_is_known_by_its_first_line(prompts):
    assert prompts('{"prompt": "Tea?"}', "prompts")[0].questions == ("Tea?",)
    assert prompts("Tea?\n{", "prompts")[1].questions == ("{",)


def test_messages_are_a_conversation_whose_last_question_is_open(prompts):
    said = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Tea?"}]},
        {"role": "assistant", "content": "A drink.", "control": "humor:4,lang:en"},
        {"role": "user", "content": "And coffee?"},
    ]
    (found,) = prompts(_line(messages=said, id="drinks"))
    assert found.history == (Turn("Tea?", "A drink.", "humor:4,lang:en"),)
    assert (found.id, found.system, found.questions) == ("drinks", "Be brief.", ("And coffee?",))


def test_questions_of_mt_bench_keep_their_number_category_and_turns(prompts):
    (found,) = prompts(_line(question_id=81, category="writing", turns=["Tea?", "Shorter."]))
    assert (found.id, found.category, found.questions) == (81, "writing", ("Tea?", "Shorter."))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "no JSON"),
        ("[1]", "no object"),
        ("[" * 100_000, "no JSON"),
        (_line(question="Tea?"), "needs one of"),
        (_line(prompt="Tea?", turns=["Tea?"]), "needs one of"),
        (_line(prompt=7), "must be a string"),
        (_line(prompt="  "), "is empty"),
        (_line(prompt="\ud800"), "half a character"),
        (_line(prompt="a\0b"), "NUL"),
        (_line(prompt="Tea?", system=3), "the system text must be a string"),
        (_line(prompt="Tea?", id=[1]), "id must be"),
        (_line(prompt="Tea?", id=1), "stands in line 1 already"),
        (_line(turns=[]), "not empty"),
        (_line(turns=["Tea?", None]), "a turn must be a string"),
        (_line(messages=[{"role": "assistant", "content": "Hi"}]), "messages[0] is of “assistant”"),
        (_line(messages=["Hi"]), "messages[0] is no object"),
        (_line(messages=[{"role": "system", "content": "Hi"}]), "must be of “user”"),
        (
            _line(messages=[{"role": "user", "content": [{"type": "image_url"}]}]),
            "a part that is no text",
        ),
    ],
)
def test_a_wrong_line_is_named_with_its_fault(prompts, line, why):
    with pytest.raises(StudioError) as error:
        prompts(_line(prompt="Good.", id=1) + "\n" + line)
    assert "prompts.jsonl, line 3: " in str(error.value)
    assert why in str(error.value)


def test_bytes_that_are_no_text_and_endless_lines_are_refused(prompts):
    with pytest.raises(StudioError, match="line 2: it is not UTF-8 at byte 3"):
        prompts(b"Tea?\nab\xff\n", "prompts.txt")
    with pytest.raises(StudioError, match="line 1: it is longer than 16 MiB"):
        prompts(b"a" * (LONGEST + 10), "prompts.txt")


def test_a_file_without_prompts_and_one_that_is_not_there_are_said(prompts, tmp_path):
    with pytest.raises(StudioError, match="holds no prompt"):
        prompts("\n\n")
    with pytest.raises(StudioError, match="cannot be read: No such file"):
        PromptFile(tmp_path / "none.jsonl")


def test_ten_thousand_prompts_are_read_as_they_are_needed(tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text("".join(_line(prompt="What is tea? " * 60) for _ in range(10_000)))
    tracemalloc.start()
    with PromptFile(path) as file:
        assert file.scan().count == 10_000
        assert sum(1 for _ in file) == 10_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < path.stat().st_size / 5


def test_the_fingerprint_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "prompts.txt"
    found = []
    for text in ("Tea?\n", "Tea?\n", "Tea!\n"):
        path.write_text(text)
        with PromptFile(path) as file:
            found.append(file.scan().fingerprint)
    assert found[0] == found[1] != found[2]
