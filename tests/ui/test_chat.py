"""Conversations in memory: siblings, the shown path, and where a run writes."""

from steerlm_studio import protocol
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import NEMOTRON_TEMPLATE, text_of
from steerlm_studio.ui.chat import Answer, Chat, again
from steerlm_studio.ui.session import Session

SHORT = DEFAULT.having(verbosity=0)


def answered(question: str, reply: str, steering=DEFAULT) -> Answer:
    return Answer(question, steering, Sampling(), reply, "stop")


def talk(*pairs: tuple[str, str]) -> Chat:
    chat = Chat()
    for question, reply in pairs:
        chat.end().add(answered(question, reply))
    return chat


def step(run: int, text: str) -> protocol.Step:
    return protocol.Step(run, (0,), (text,), 0.01, 1)


def lane_done(run: int, finish: protocol.Finish = "stop") -> protocol.LaneDone:
    return protocol.LaneDone(run, 0, finish, 7, 100, 42)


def test_a_path_goes_through_the_shown_answers():
    chat = talk(("Tea?", "A drink."), ("Hot?", "Yes."))
    assert [answer.text for answer in chat.path()] == ["A drink.", "Yes."]


def test_a_sibling_of_an_early_answer_hides_what_followed_the_other():
    chat = talk(("Tea?", "A drink."), ("Hot?", "Yes."))
    fork = chat.start
    fork.add(answered("Tea?", "Leaves."))
    assert [answer.text for answer in chat.path()] == ["Leaves."]
    assert fork.step(-1)
    assert [answer.text for answer in chat.path()] == ["A drink.", "Yes."]


def test_there_is_nothing_before_the_first_version_and_after_the_last():
    chat = talk(("Tea?", "A drink."))
    assert not chat.start.step(-1)
    assert not chat.start.step(1)


def test_the_prompt_of_an_answer_holds_the_turns_before_it_with_their_own_steering():
    chat = talk(("Tea?", "A drink."))
    answer = chat.end().add(Answer("Hot?", SHORT, Sampling()))
    text = text_of(chat.prompt(answer, NEMOTRON_TEMPLATE))
    assert f"<extra_id_2>{DEFAULT}\nA drink.\n" in text
    assert text.endswith(f"User\nHot?\n<extra_id_1>Assistant\n<extra_id_2>{SHORT}\n")


def test_a_resteered_answer_is_asked_after_the_same_turns():
    chat = talk(("Tea?", "A drink."), ("Hot?", "Yes."))
    last = chat.last
    anew = chat.fork_of(last).add(again(last, SHORT, Sampling()))
    assert [turn.user for turn in chat.before(anew).turns] == ["Tea?"]
    assert anew.question == "Hot?"


def test_the_title_is_the_first_question_on_one_line():
    assert talk(("What\nis  tea?", "")).title == "What is tea?"
    assert len(talk(("tea " * 40, "")).title) <= 60


def test_pieces_go_to_the_answer_of_their_run_though_another_conversation_is_shown():
    session = Session()
    answer = session.chat.end().add(Answer("Tea?", DEFAULT, Sampling()))
    run, _ = session.begin([answer], NEMOTRON_TEMPLATE)
    session.new_chat()
    session.on_step(step(run.number, "A dr"))
    session.on_step(step(run.number, "ink."))
    assert answer.text == "A drink."
    assert session.chat.last is None


def test_pieces_of_a_run_that_is_over_are_ignored():
    session = Session()
    answer = session.chat.end().add(Answer("Tea?", DEFAULT, Sampling()))
    run, _ = session.begin([answer], NEMOTRON_TEMPLATE)
    session.on_lane_done(lane_done(run.number))
    session.on_ended(run.number)
    assert session.on_step(step(run.number, "late")) == ()
    assert answer.text == ""


def test_a_stopped_answer_keeps_its_text_and_says_so():
    session = Session()
    answer = session.chat.end().add(Answer("Tea?", DEFAULT, Sampling()))
    run, _ = session.begin([answer], NEMOTRON_TEMPLATE)
    session.on_step(step(run.number, "A dr"))
    session.on_lane_done(lane_done(run.number, "cancelled"))
    session.on_ended(run.number)
    assert (answer.text, answer.finish) == ("A dr", "cancelled")
    assert session.active is None


def test_a_lost_engine_ends_every_run_and_keeps_the_text():
    session = Session()
    answer = session.chat.end().add(Answer("Tea?", DEFAULT, Sampling()))
    run, _ = session.begin([answer], NEMOTRON_TEMPLATE)
    session.on_step(step(run.number, "A dr"))
    assert session.on_engine_lost() == (answer,)
    assert (answer.text, answer.finish) == ("A dr", "failed")


def test_the_newest_run_is_the_active_one():
    session = Session()
    first = session.chat.end().add(Answer("Tea?", DEFAULT, Sampling()))
    session.begin([first], NEMOTRON_TEMPLATE)
    second = session.chat.fork_of(first).add(again(first, SHORT, Sampling()))
    run, request = session.begin([second], NEMOTRON_TEMPLATE)
    assert session.active is run
    assert request.lanes[0].parts[-1].text == f"{SHORT}\n"


def test_each_lane_of_a_run_writes_its_own_answer():
    session = Session()
    fork = session.chat.end()
    pair = [fork.add(Answer("Tea?", each, Sampling())) for each in (DEFAULT, SHORT)]
    run, request = session.begin(pair, NEMOTRON_TEMPLATE, "exact")
    assert [lane.parts[-1].text for lane in request.lanes] == [f"{DEFAULT}\n", f"{SHORT}\n"]
    assert (request.mode, pair[1].mode) == ("exact", "exact")
    both = protocol.Step(run.number, (0, 1), ("A drink", "Leaves"), 0.5, 1)
    assert session.on_step(both) == tuple(pair)
    session.on_step(protocol.Step(run.number, (1,), (" in water",), 0.5, 1))
    assert [answer.text for answer in pair] == ["A drink", "Leaves in water"]
    assert [answer.seconds for answer in pair] == [0.5, 1.0]


def test_the_seed_that_was_used_is_kept_with_the_answer():
    session = Session()
    answer = session.chat.end().add(Answer("Tea?", DEFAULT, Sampling(seed=1)))
    run, _ = session.begin([answer], NEMOTRON_TEMPLATE)
    session.on_lane_done(lane_done(run.number))
    assert answer.sampling == Sampling(seed=42)


def test_a_new_conversation_is_not_made_while_an_empty_one_is_open():
    session = Session()
    session.chat.end().add(answered("Tea?", "A drink."))
    empty = session.new_chat()
    assert empty.last is None
    assert session.new_chat() is empty


def test_a_removed_version_gives_way_to_its_neighbour_and_comes_back():
    chat = talk(("Tea?", "A drink."))
    for text in ("Leaves.", "Water."):
        chat.start.add(answered("Tea?", text))
    chat.start.shown = 1
    middle = chat.start.current
    place = chat.start.remove(middle)
    assert chat.start.current.text == "Water."
    chat.start.put_back(place, middle)
    assert [answer.text for answer in chat.start.answers] == ["A drink.", "Leaves.", "Water."]
    assert chat.start.current is middle


def test_the_last_version_that_is_removed_leaves_the_one_before():
    chat = talk(("Tea?", "A drink."))
    chat.start.add(answered("Tea?", "Leaves."))
    chat.start.remove(chat.start.current)
    assert chat.start.current.text == "A drink."


def test_the_only_version_that_is_removed_leaves_room_for_a_question():
    chat = talk(("Tea?", "A drink."), ("Hot?", "Yes."))
    chat.start.remove(chat.start.current)
    assert chat.path() == []
    assert chat.end() is chat.start


def test_a_given_name_is_the_title():
    chat = talk(("Tea?", "A drink."))
    chat.name = "On tea"
    assert chat.title == "On tea"
