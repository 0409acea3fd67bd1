"""llama.cpp's own programs, run once each: the same work, as its authors measure it."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

START = 120.0  # seconds that the server has to load
PATIENCE = 3600.0  # seconds for an answer, on a machine that others use, too


@dataclass(frozen=True)
class Programs:
    """The folder of the programs (`make yardsticks`), the model and the threads of all of them."""

    folder: Path
    model: Path
    threads: int

    def generation_rate(self, tokens: int, depth: int) -> float:
        """Tokens per second of one sequence: llama-bench, without sampling or text."""
        return self._bench("-p", "0", "-n", str(tokens), "-d", str(depth))

    def prompt_seconds(self, tokens: int, depth: int) -> float:
        """Seconds for so many prompt tokens behind `depth` others: llama-bench."""
        return tokens / self._bench("-p", str(tokens), "-n", "0", "-d", str(depth))

    def together_rate(self, lanes: int, prompt: int, tokens: int) -> float:
        """Tokens per second of all sequences on one shared prompt: llama-batched-bench."""
        cells = str(prompt + lanes * (tokens + 8) + 64)
        shape = ["-npp", str(prompt), "-ntg", str(tokens), "-npl", str(lanes), "-c", cells]
        more = ["-pps", "-kvu", "-fa", "auto", "--output-format", "jsonl"]
        for _ in range(5):  # its log thread now and then ends before the line is out
            lines = self._run("llama-batched-bench", *shape, *more).splitlines()
            if said := [line for line in lines if line.startswith("{")]:
                return float(json.loads(said[-1])["speed_tg"])
        raise SystemExit("llama-batched-bench ended five times without a figure.")

    def _bench(self, *options: str) -> float:
        out = self._run("llama-bench", "-r", "1", "-fa", "auto", "-o", "json", *options)
        return float(json.loads(out)[0]["avg_ts"])

    def _run(self, name: str, *options: str) -> str:
        command = [str(self.folder / name), "-m", str(self.model), "-t", str(self.threads)]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
        return done.stdout


class Server:
    """llama-server with a slot for each lane, on this machine's loopback; ended on leaving.

    `keeps`: a slot keeps what it evaluated while it waits. Unless told so, the server clears
    waiting slots where all share their cells, and reads most of a prompt again.
    """

    evaluated = 0  # prompt tokens of the last `seconds`

    def __init__(self, programs: Programs, slots: int, cells: int, keeps: bool = False) -> None:
        self.keeps = keeps
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{self._port}"
        self._command = [
            *(str(programs.folder / "llama-server"), "-m", str(programs.model)),
            *("-t", str(programs.threads), "-np", str(slots), "-c", str(cells), "-kvu"),
            *("-fa", "on", "--host", "127.0.0.1", "--port", str(self._port), "--no-webui"),
            *(["--no-cache-idle-slots"] if keeps else []),
        ]

    def __enter__(self) -> "Server":
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + START
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._end()
                raise SystemExit("llama-server did not start.")
            time.sleep(0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def seconds(self, prompts: Sequence[Sequence[int]], tokens: int) -> float:
        """From the first request to the last token of all, a slot for each prompt."""
        began = time.monotonic()
        with ThreadPoolExecutor(len(prompts)) as pool:
            told = list(pool.map(lambda each: self._ask(*each, tokens), enumerate(prompts)))
        self.evaluated = sum(evaluated for _, evaluated in told)
        counts = [count for count, _ in told]
        if counts != [tokens] * len(prompts):
            raise SystemExit(f"llama-server generated {counts} tokens and not {tokens} each.")
        return time.monotonic() - began

    def _ask(self, slot: int, prompt: Sequence[int], tokens: int) -> tuple[int, int]:
        """How many tokens were generated, and how many of the prompt evaluated."""
        body = {
            **{"prompt": list(prompt), "n_predict": tokens, "cache_prompt": True},
            **{"id_slot": slot, "ignore_eos": True, "seed": slot, "temperature": 0.75},
            **{"top_k": 50, "top_p": 0.95, "min_p": 0.0},
        }
        request = urllib.request.Request(
            f"{self._url}/completion",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            told = json.load(answer)
        return int(told["tokens_predicted"]), int(told["timings"]["prompt_n"])

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
