"""What a user wants to know, as values."""

from dataclasses import dataclass

from demo_model.topics import Topic

SMALL_TALK = {  # kind: the [smalltalk] lists that its reply is made of, as many as verbosity allows
    "hello": ("hello", "who", "topics", "sliders"),
    "thanks": ("welcome", "sliders"),
    "bye": ("bye", "sliders"),
    "mood": ("mood", "who", "topics", "sliders"),
    "who": ("who", "topics", "sliders"),
    "can": ("topics", "who", "sliders"),
    "unknown": ("nothing", "only", "topics", "sliders"),
}
FAREWELLS = ("thanks", "bye")  # these get a short reply


@dataclass(frozen=True)
class Ask:
    """What a user wants: a kind of question about a topic, or small talk.

    `kind` is one of KINDS, compare, poem, joke, or a key of SMALL_TALK. `form` is "" or, for what
    was said just before, "shorter", "simpler" or "more".
    """

    kind: str
    topic: Topic | None = None
    other: Topic | None = None
    form: str = ""
