"""One reply as a request that can be run: curl, Python, or NeMo's server."""

import json
from collections.abc import Callable

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.template import NEMOTRON_TEMPLATE, STOP, TEMPLATES, Part, render, text_of
from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.options import Path, path_to


def prompt(record: StoredConversation, turn: StoredTurn) -> tuple[Part, ...]:
    """Exactly what the model was sent for this reply."""
    before: Path = path_to(record, turn)[:-1]
    talk = Conversation(record.system, tuple(each.as_turn() for each in before))
    template = TEMPLATES.get(turn.setup.template, NEMOTRON_TEMPLATE)
    return render(talk, turn.question, turn.control, template)


def curl(record: StoredConversation, turn: StoredTurn) -> str:
    """For a llama-server that has the model loaded."""
    sampling = _sampling(turn)
    request = {
        "prompt": text_of(prompt(record, turn)),
        "n_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
        "seed": sampling.seed,
        "stop": [STOP],
    }
    return _here("http://127.0.0.1:8080/completion", "POST", request)


def nemo(record: StoredConversation, turn: StoredTurn) -> str:
    """For NeMo's `megatron_gpt_eval.py server=True`."""
    sampling = _sampling(turn)
    request = {
        "sentences": [text_of(prompt(record, turn))],
        "tokens_to_generate": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "repetition_penalty": sampling.repeat_penalty,
        "random_seed": sampling.seed,
        "greedy": sampling.top_k == 1,
        "add_BOS": False,
        "min_tokens_to_generate": 1,
        "end_strings": [STOP],
    }
    return _here("http://127.0.0.1:5555/generate", "PUT", request)


def python(record: StoredConversation, turn: StoredTurn) -> str:
    """For llama-cpp-python; text parts are tokenized so that none can open a turn."""
    sampling = _sampling(turn)
    parts = "".join(
        f"    ({json.dumps(part.text, ensure_ascii=False)}, {part.kind == 'control'}),\n"
        for part in prompt(record, turn)
    )
    model = json.dumps(f"{turn.setup.model or 'model'}.gguf")
    return (
        "from llama_cpp import Llama\n\n"
        f"llm = Llama(model_path={model}, n_ctx=4096, n_gpu_layers=-1, verbose=False)\n"
        f"parts = [  # text, whether it is a control token\n{parts}]\n"
        "tokens = []\n"
        "for text, is_control in parts:\n"
        '    tokens += llm.tokenize(text.encode("utf-8"), add_bos=False, special=is_control)\n'
        "answer = llm.create_completion(\n"
        f"    tokens, max_tokens={sampling.max_tokens}, temperature={sampling.temperature}, "
        f"top_k={sampling.top_k},\n"
        f"    top_p={sampling.top_p}, min_p={sampling.min_p}, "
        f"repeat_penalty={sampling.repeat_penalty}, seed={sampling.seed},\n"
        f"    stop=[{json.dumps(STOP)}],\n"
        ")\n"
        'print(answer["choices"][0]["text"].strip())\n'
    )


SNIPPETS: dict[str, Callable[[StoredConversation, StoredTurn], str]] = {
    "curl": curl,
    "python": python,
    "nemo": nemo,
}


def _sampling(turn: StoredTurn) -> Sampling:
    return turn.setup.sampling or Sampling()


def _here(address: str, method: str, request: dict[str, object]) -> str:
    """JSON escapes every newline, so no line of it can end the shell's here-document."""
    body = json.dumps(request, indent=2, ensure_ascii=False)
    return (
        f"curl -s -X {method} {address} -H 'Content-Type: application/json' -d @- <<'REQUEST'\n"
        f"{body}\nREQUEST\n"
    )
