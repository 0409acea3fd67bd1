"""The messages between a parent and the engine child: one JSON object per line.

The parent writes `Request`s to the child's stdin, the child writes `Reply`s to its stdout. A `run`
is the parent's number for one request; a reply to an older run is ignored by the parent.
"""

from typing import Literal

import msgspec

# "lost" and "refused": a server broke off, or did not want the prompt.
Finish = Literal["stop", "length", "context", "cancelled", "lost", "refused"]
Mode = Literal["fast", "exact"]


class Part(msgspec.Struct, frozen=True):
    """A piece of a prompt: a control token's spelling, or text that never holds one."""

    kind: Literal["control", "text"]
    text: str


class Sampling(msgspec.Struct, frozen=True):
    """How the next token is chosen; names as in NeMo and llama.cpp."""

    temperature: float = 0.75
    top_k: int = 50  # 0 = all
    top_p: float = 0.95
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int = 42
    max_tokens: int = 300


class Lane(msgspec.Struct, frozen=True):
    """One answer to make: its whole prompt and how to sample it."""

    parts: tuple[Part, ...]
    sampling: Sampling = Sampling()


# --- to the engine ---------------------------------------------------------------------------


class Generate(msgspec.Struct, frozen=True, tag="generate"):
    """Answer all `lanes` side by side. `stop` holds spellings that end a reply.

    In Fast `padded` steps are so wide that a lane's text is the same beside any number of others;
    without, a single lane is as fast as it can be. `endless` goes on after the model's own end,
    to measure speed.
    """

    run: int
    lanes: tuple[Lane, ...]
    mode: Mode = "fast"
    stop: tuple[str, ...] = ("<extra_id_1>",)
    padded: bool = True
    endless: bool = False


class Prefill(msgspec.Struct, frozen=True, tag="prefill"):
    """A prompt that may be asked for soon: evaluate all before its last control token.

    Done while there is nothing else to do, given up for whatever comes next, never answered.
    """

    run: int
    parts: tuple[Part, ...]
    mode: Mode = "fast"


class Tokenize(msgspec.Struct, frozen=True, tag="tokenize"):
    """Ask for the token ids of a prompt; answered by `Tokens`."""

    run: int
    parts: tuple[Part, ...]


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Stop a run after the present step; what was made so far is kept."""

    run: int


class SetThreads(msgspec.Struct, frozen=True, tag="set_threads"):
    """Fix the number of CPU threads; 0 lets the engine adapt it to the machine's load."""

    threads: int


class AskDevices(msgspec.Struct, frozen=True, tag="ask_devices"):
    """Ask how full the devices are; answered by `Devices`."""


Request = Generate | Prefill | Tokenize | Cancel | SetThreads | AskDevices


# --- from the engine -------------------------------------------------------------------------


class Device(msgspec.Struct, frozen=True):
    """Something that computes, as ggml has it; memory in bytes."""

    name: str  # e.g. CUDA0 or CPU
    description: str
    kind: str  # cpu, gpu, igpu, accel
    memory_free: int
    memory_total: int
    bus: str = ""  # where it is plugged in, e.g. 0000:c1:00.0

    @property
    def is_gpu(self) -> bool:
        return self.kind in ("gpu", "igpu")


class Loading(msgspec.Struct, frozen=True, tag="loading"):
    """The model file is being read; `fraction` from 0 to 1.

    The first one names the `devices`: an engine that dies of want of memory cannot do so any more.
    """

    fraction: float
    devices: tuple[Device, ...] = ()


class Held(msgspec.Struct, frozen=True):
    """What a device holds of the model, in bytes as llama.cpp allocated them."""

    device: str  # ggml's name, e.g. CUDA0 or CPU
    layers: int = 0  # the output counts as one
    weights: int = 0
    cache: int = 0  # keys and values
    compute: int = 0
    numbers: tuple[int, ...] = ()  # which layers, from 0; the output comes after the last


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The model is loaded and warmed up."""

    name: str
    architecture: str
    quant: str
    parameters: int
    file_bytes: int
    layers: int
    layers_offloaded: int
    device: str
    context: int  # tokens in one sequence
    lanes: int  # the most answers side by side
    threads: int
    vocabulary: int
    metadata: dict[str, str]  # the GGUF's short string values, e.g. steerlm.schema
    llama_version: str
    load_seconds: float
    cache: str = "f16"  # how keys and values are kept
    memory: tuple[Held, ...] = ()
    devices: tuple[Device, ...] = ()  # all that this build can use
    server: str = ""  # its address, where the model is not on this machine
    cannot: dict[str, str] = {}  # exact, logits, tokens, counts: why a server does not do it
    built_for: str = ""  # what llama.cpp was built for beside the CPU, e.g. CUDA

    @property
    def misses_gpu(self) -> bool:
        """The build is for GPUs, and neither driver nor GPU was found."""
        return bool(self.built_for) and not any(device.is_gpu for device in self.devices)


class Prefilling(msgspec.Struct, frozen=True, tag="prefilling"):
    """Prompt tokens evaluated so far in this run, of those that must be."""

    run: int
    done: int
    total: int


class Step(msgspec.Struct, frozen=True, tag="step"):
    """One token column: the text that each lane may show now ("" while bytes or a stop word pend).

    `lanes[i]` is the lane's number, `pieces[i]` its new text; lanes that are done do not appear.
    `seconds` is the wall time of the step (decode, sampling, detokenizing).
    """

    run: int
    lanes: tuple[int, ...]
    pieces: tuple[str, ...]
    seconds: float
    threads: int


class LaneDone(msgspec.Struct, frozen=True, tag="lane_done"):
    """A lane ended. `tokens` counts what it generated, the stop token excluded.

    `width` is the columns that its steps were padded to: the same prompt, sampling, mode, width,
    device, model and build give the same text. `note` is for the user: why an answer was cut, or
    what a server left out.
    """

    run: int
    lane: int
    finish: Finish
    tokens: int
    prompt_tokens: int
    seed: int
    width: int = 0
    note: str = ""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The run ended. Times in seconds of wall clock since the request was taken up."""

    run: int
    evaluated: int  # prompt tokens decoded for this run
    reused: int  # prompt tokens already in the cache, over all lanes
    generated: int
    prompt_seconds: float
    first_token_seconds: float
    seconds: float
    sampling_seconds: float = 0.0  # of the steps: choosing tokens and making text of them
    steps: int = 0
    graphs_reused: int = 0  # steps that llama.cpp needed no new graph for


class Tokens(msgspec.Struct, frozen=True, tag="tokens"):
    """The ids of a prompt, the text of each, which part each came from and how many are cached.

    `cached` is -1 where a server does not say.
    """

    run: int
    ids: tuple[int, ...]
    pieces: tuple[str, ...]
    parts: tuple[int, ...]
    cached: int


class Devices(msgspec.Struct, frozen=True, tag="devices"):
    """All devices that this build of llama.cpp can use, as they are now."""

    devices: tuple[Device, ...] = ()


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Something went wrong. `run` is None when it concerns the engine as a whole."""

    message: str  # a sentence: what, why, what next
    run: int | None = None
    detail: str = ""
    needed: int = 0  # bytes, where it is for want of memory
    free: int = 0
    on_gpu: bool = False  # whether that is the memory of GPUs


Reply = Loading | Ready | Prefilling | Step | LaneDone | Done | Tokens | Devices | Failed

_encode = msgspec.json.Encoder().encode
_request: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_reply: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def line(message: Request | Reply) -> bytes:
    """The message as one line, newline included (JSON escapes any newline inside)."""
    return _encode(message) + b"\n"


def request(data: bytes) -> Request:
    """Parse a line from the parent. Raises `msgspec.MsgspecError`."""
    return _request.decode(data)


def reply(data: bytes) -> Reply:
    """Parse a line from the engine. Raises `msgspec.MsgspecError`."""
    return _reply.decode(data)
