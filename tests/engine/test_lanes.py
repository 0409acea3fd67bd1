import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Generate, Part, Step
from tests.engine.talk import DEFAULT, ask, hear, lane, prompt

LONG = [(f"Question {i} about old trees?", "quality:4,lang:en", "An oak. " * 9) for i in range(32)]


def ids(tokenizer, parts):
    return tokenizer.prompt(parts).ids


def shared(one, other):
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def test_a_cold_prompt_is_evaluated_once_from_its_first_token_on(lanes, tokenizer):
    heard = ask(lanes, lane())
    assert heard.done.evaluated == len(ids(tokenizer, prompt())) == heard.ends[0].prompt_tokens
    assert heard.done.reused == 0
    assert heard.done.generated == heard.ends[0].tokens


def test_greedy_text_is_what_one_token_after_the_other_gives(lanes, llama, tokenizer):
    heard = ask(lanes, lane(temperature=0, max_tokens=20), stop=())
    llama.clear()
    tokens, data = list(ids(tokenizer, prompt())), b""
    llama.decode([(t, i, (0,), i == len(tokens) - 1) for i, t in enumerate(tokens)])
    row = len(tokens) - 1
    for _ in range(20):
        token = int(llama.logits(row).argmax())
        data += llama.piece(token)
        tokens.append(token)
        llama.decode([(token, len(tokens) - 1, (0,), True)])
        row = 0
    assert heard.texts[0] == data.decode(errors="replace")


def test_a_slider_move_in_a_long_conversation_evaluates_from_the_first_changed_token_on(
    lanes, tokenizer
):
    before = prompt(before=LONG, control="quality:4,verbosity:4,humor:0,lang:en")
    after = prompt(before=LONG, control="quality:4,verbosity:4,humor:3,lang:en")
    old, new = ids(tokenizer, before), ids(tokenizer, after)
    assert len(old) > 3000
    ask(lanes, lane(before))
    heard = ask(lanes, lane(after))
    assert heard.done.reused == shared(old, new)
    assert heard.done.evaluated == len(new) - shared(old, new) < 10


def test_sending_the_same_prompt_again_evaluates_one_token(lanes):
    ask(lanes, lane())
    assert ask(lanes, lane(seed=7)).done.evaluated == 1


def test_the_next_turn_takes_the_reply_from_the_cache(lanes, tokenizer):
    """A random model rarely writes what the tokenizer would: some of its replies must do."""
    before, taken = len(ids(tokenizer, prompt())), []
    for seed in range(20):
        reply = ask(lanes, lane(max_tokens=6, seed=seed), stop=()).texts[0]
        parts = prompt("And another?", before=[("Name a tree.", DEFAULT, reply)])
        heard = ask(lanes, lane(parts))
        assert heard.done.reused + heard.done.evaluated == len(ids(tokenizer, parts))
        taken.append(heard.done.reused - before)
    assert min(taken) >= -1
    assert max(taken) >= 3


def test_the_next_turn_takes_the_reply_from_whichever_lane_wrote_it(lanes, tokenizer):
    many = [lane(max_tokens=6, seed=seed) for seed in range(4)]
    for kept in range(4):
        lanes._cache.clear()
        reply = ask(lanes, *many, stop=()).texts[kept]
        parts = prompt("And another?", before=[("Name a tree.", DEFAULT, reply)])
        known = lanes.known(tokenizer.prompt(parts))
        assert ask(lanes, lane(parts)).done.reused == known


def test_lanes_that_differ_in_one_slider_share_all_before_it(lanes, tokenizer):
    asked = [prompt(control=f"quality:4,humor:{n},lang:en") for n in range(4)]
    sequences = [ids(tokenizer, parts) for parts in asked]
    unique = {sequence[: i + 1] for sequence in sequences for i in range(len(sequence))}
    heard = ask(lanes, *(lane(parts) for parts in asked))
    assert heard.done.evaluated == len(unique)
    assert heard.done.reused == 0
    assert set(heard.texts) == {0, 1, 2, 3}


def test_lanes_with_the_same_prompt_differ_by_their_seeds_only(lanes):
    heard = ask(lanes, lane(seed=1), lane(seed=2), lane(seed=1))
    assert heard.texts[0] == heard.texts[2] != heard.texts[1]
    assert [heard.ends[i].seed for i in range(3)] == [1, 2, 1]


def test_a_prompt_that_begins_another_lanes_prompt_is_shared(lanes, tokenizer):
    short = (Part("text", "An oak"),)
    long = (Part("text", "An oak, a beech and a lime tree. And an oak again?"),)
    heard = ask(lanes, lane(short), lane(long))
    again = ask(lanes, lane(short), lane(long))
    assert heard.texts == again.texts
    assert again.done.evaluated == 2


def test_a_text_does_not_depend_on_how_many_lanes_step_beside_it(lanes):
    others = [lane(prompt(control=f"humor:{n}"), max_tokens=3 * n + 2) for n in range(3)]
    alone = ask(lanes, lane(max_tokens=40))
    lanes._cache.clear()
    crowded = ask(lanes, *others, lane(max_tokens=40))
    assert crowded.texts[3] == alone.texts[0]


def test_a_step_on_a_gpu_is_always_as_wide_as_all_lanes(lanes_within):
    """The widths only: idle columns change no text, wherever they are computed."""
    lanes = lanes_within(context=4096, cells=8192, lanes=4, on_gpu=True, on_cpu=False)
    alone = ask(lanes, lane(max_tokens=30))
    lanes._cache.clear()
    crowded = ask(lanes, lane(prompt(control="humor:1")), lane(max_tokens=30))
    assert crowded.texts[1] == alone.texts[0]


@pytest.mark.parametrize(
    ("on_gpu", "mode", "width"),
    [(False, "fast", 8), (False, "exact", 2), (True, "fast", 4), (True, "exact", 1)],
)
def test_a_reply_says_what_its_steps_were_padded_to(lanes_within, on_gpu, mode, width):
    lanes = lanes_within(context=4096, cells=8192, lanes=4, on_gpu=on_gpu, on_cpu=not on_gpu)
    heard = ask(lanes, lane(), lane(seed=2), lane(seed=3), mode=mode)
    assert [heard.ends[number].width for number in range(3)] == [width] * 3


def test_more_lanes_than_fit_wait_and_are_all_answered(lanes):
    many = [lane(seed=n, max_tokens=4 + n) for n in range(9)]
    heard = ask(lanes, *many, stop=())
    assert sorted(heard.ends) == list(range(9))
    assert max(len(step.lanes) for step in heard.steps) == 4
    lanes._cache.clear()
    assert ask(lanes, many[8], stop=()).texts[0] == heard.texts[8]


def test_lanes_that_would_not_fit_in_memory_together_run_one_after_the_other(lanes_within):
    lanes = lanes_within(context=256, cells=270, lanes=4)
    heard = ask(lanes, *(lane(seed=n, max_tokens=0) for n in range(3)), stop=())
    assert {len(step.lanes) for step in heard.steps} == {1}
    assert {end.finish for end in heard.ends.values()} <= {"context", "stop"}


def test_a_full_context_ends_the_reply_and_says_so(lanes_within):
    lanes = lanes_within(context=80, cells=256, lanes=1)
    heard = ask(lanes, lane(max_tokens=500, seed=5, top_k=5), stop=())
    assert heard.ends[0].finish == "context"
    assert heard.ends[0].prompt_tokens + heard.ends[0].tokens == 80 + 1


def test_a_prompt_longer_than_the_context_is_refused_with_both_numbers(lanes_within):
    lanes = lanes_within(context=40, cells=256, lanes=1)
    with pytest.raises(StudioError, match=r"has \d+ tokens and the context holds 40"):
        ask(lanes, lane())


def test_an_empty_prompt_is_refused(lanes):
    with pytest.raises(StudioError, match="empty"):
        ask(lanes, lane(()))


def test_a_request_without_lanes_is_done_at_once(lanes):
    assert ask(lanes).done.generated == 0


def test_the_stop_token_is_not_counted_and_not_shown(lanes, llama, tokenizer):
    free = ask(lanes, lane(temperature=0, max_tokens=6), stop=()).texts[0]
    stop = tokenizer.text(free)[0]
    spelled = llama.piece(stop).decode()
    heard = ask(lanes, lane(temperature=0, max_tokens=6), stop=(spelled,))
    assert heard.ends[0].finish == "stop"
    assert spelled not in heard.texts[0]


def test_max_tokens_is_kept_to(lanes):
    heard = ask(lanes, lane(max_tokens=5, seed=3), stop=())
    assert (heard.ends[0].finish, heard.ends[0].tokens) == ("length", 5)
    assert len(heard.steps) == 5


def test_a_long_prompt_is_evaluated_in_parts_with_progress(lanes):
    heard = ask(lanes, lane(prompt(before=LONG)))
    totals = {message.total for message in heard.prefills}
    assert totals == {heard.done.evaluated}
    steps = [b.done - a.done for a, b in zip(heard.prefills, heard.prefills[1:], strict=False)]
    assert heard.prefills[0].done <= 512
    assert max(steps) <= 512
    assert heard.prefills[-1].done == heard.prefills[-1].total


def test_a_cancel_between_parts_of_a_prompt_ends_all_lanes_and_keeps_what_was_read(lanes):
    parts, asked = prompt(before=LONG), iter([False, False, True])
    heard = ask(lanes, lane(parts), lane(parts), cancelled=lambda: next(asked, True))
    assert {end.finish for end in heard.ends.values()} == {"cancelled"}
    assert heard.done.evaluated == 2 * 512
    assert ask(lanes, lane(parts)).done.reused == 2 * 512


def test_a_cancel_while_generating_keeps_the_text_so_far(lanes):
    request, heard = Generate(1, (lane(max_tokens=300, seed=2),), "fast", ()), []
    for message in lanes.run(request, lambda: sum(isinstance(m, Step) for m in heard) >= 5):
        heard.append(message)
    assert hear(heard).ends[0].finish == "cancelled"
    assert hear(heard).ends[0].tokens == 5
    full = ask(lanes, lane(max_tokens=300, seed=2), stop=()).texts[0]
    assert full.startswith(hear(heard).texts[0].rstrip("\ufffd"))


def test_an_abort_inside_a_batch_leaves_the_cache_usable(lanes, llama):
    parts = prompt(before=LONG)
    llama.abort(True)
    heard = ask(lanes, lane(parts))
    assert heard.ends[0].finish == "cancelled"
    llama.abort(False)
    first = ask(lanes, lane(parts))
    lanes._cache.clear()
    assert ask(lanes, lane(parts)).texts == first.texts


def test_exact_gives_the_same_text_cold_and_warm_and_whatever_went_before(lanes):
    asked = [lane(prompt(before=LONG[:n], control=f"humor:{n}"), max_tokens=30) for n in (9, 0, 9)]
    cold = []
    for one in asked:
        lanes._cache.clear()
        cold.append(ask(lanes, one, mode="exact").texts[0])
    together = ask(lanes, *asked, mode="exact")
    assert [together.texts[i] for i in range(3)] == cold
    ask(lanes, *asked, lane(prompt("Something else?")))
    assert ask(lanes, asked[0], mode="exact").texts[0] == cold[0]
    assert ask(lanes, lane(asked[0].parts, max_tokens=30), mode="exact").texts[0] == cold[0]


def test_exact_evaluates_only_the_control_string_after_a_slider_move(lanes, tokenizer):
    old, new = (prompt(before=LONG, control=f"quality:4,humor:{n}") for n in (0, 1))
    ask(lanes, lane(old), mode="exact")
    heard = ask(lanes, lane(new), mode="exact")
    assert heard.done.reused == tokenizer.prompt(new).prefix
    assert heard.done.evaluated == len(ids(tokenizer, new)) - tokenizer.prompt(new).prefix


def test_exact_does_not_depend_on_the_number_of_threads(lanes, llama):
    asked = lane(prompt(before=LONG[:6]), max_tokens=4)
    assert len(lanes._tokenizer.prompt(asked.parts).ids) > 512
    one = ask(lanes, asked, mode="exact").texts
    lanes._cache.clear()
    lanes.threads.fix(2)
    llama.set_threads(2)
    two = ask(lanes, asked, mode="exact").texts
    llama.set_threads(1)
    assert one == two


def test_warming_up_leaves_nothing_behind(lanes):
    lanes.warm_up()
    assert ask(lanes, lane()).done.reused == 0
