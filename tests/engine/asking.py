"""What tests of servers ask, and a peer's good answer."""

import pytest

from steerlm_studio.cli.prompt import sent
from steerlm_studio.engine.server_client import ServerEngine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Done, Lane, LaneDone, Sampling, Step
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import render

COMPLETIONS = "/v1/completions"
SAMPLING = Sampling(temperature=0, max_tokens=20)


def lanes(*questions, sampling=SAMPLING):
    talk = Conversation("Be kind.")
    return [Lane(sent(render(talk, question, DEFAULT)), sampling) for question in questions]


def answers(engine, asked):
    """Text and ending of each lane, and the end of the run."""
    texts, endings, done = [""] * len(asked), {}, None
    for reply in engine.generate(asked):
        if isinstance(reply, Step):
            for lane, piece in zip(reply.lanes, reply.pieces, strict=True):
                texts[lane] += piece
        elif isinstance(reply, LaneDone):
            endings[reply.lane] = reply
        elif isinstance(reply, Done):
            done = reply
    return texts, endings, done


def tea(handler):
    handler.stream()
    handler.send(b": ping\n\nevent: message\n")
    handler.piece("Tea is")
    handler.piece(" a drink.")
    handler.piece("", "stop")
    handler.event({"choices": [], "usage": {"completion_tokens": 5, "prompt_tokens": 77}})
    handler.end()


def engine_for(peer, **options):
    return ServerEngine(peer.url, **options)


def impatient(peer):
    """An engine that bears one second of silence."""
    engine = engine_for(peer)
    engine._command.insert(-2, "--patience=1")
    return engine


def refused(peer_or_url, **options):
    url = peer_or_url if isinstance(peer_or_url, str) else peer_or_url.url
    with pytest.raises(StudioError) as error, ServerEngine(url, **options):
        pass
    return str(error.value)
