"""A small HTTP server on loopback that answers as a test tells it to."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODELS = {"data": [{"id": "tester", "max_model_len": 2048}]}


class Peer:
    """Routes are functions of a handler; `seen` is what was asked: method, path, headers, body."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Callable[[Any], None]] = {
            "/v1/models": lambda handler: handler.answer(MODELS)
        }
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        self.most_at_a_time = 0
        self._now: set[object] = set()  # the handlers that a client may wait for
        self._lock = threading.Lock()
        self.closed = threading.Event()  # a client went away in the midst of a stream
        self.ended = threading.Event()  # the test is over
        peer = self

        class Handler(_Handler):
            owner = peer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator["Peer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self.ended.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def bodies(self, path: str) -> list[Any]:
        return [body for _, asked, _, body in self.seen if asked == path]

    def enter(self, handler: object) -> None:
        with self._lock:
            self._now.add(handler)
            self.most_at_a_time = max(self.most_at_a_time, len(self._now))

    def leave(self, handler: object) -> None:
        """Before the last bytes go: once they are there, the client may ask the next."""
        with self._lock:
            self._now.discard(handler)

    def wait_for(self, many: int) -> None:
        """Hold the handler until so many were asked at a time."""
        end = time.monotonic() + 20
        while self.most_at_a_time < many and time.monotonic() < end:
            if self.ended.wait(0.01):
                break


class _Handler(BaseHTTPRequestHandler):
    owner: Peer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._serve(json.loads(self.rfile.read(length)))

    def do_CONNECT(self) -> None:
        self._serve(None)

    def _serve(self, body: Any) -> None:
        self.body = body
        self.owner.seen.append((self.command, self.path, dict(self.headers), body))
        route = self.owner.routes.get(self.path)
        self.owner.enter(self)
        try:
            if route is None:
                self.answer({"error": {"message": "no such path"}}, 404)
            else:
                route(self)
        except OSError:
            self.owner.closed.set()
            self.close_connection = True
        finally:
            self.owner.leave(self)

    def answer(self, value: object, status: int = 200, **headers: str) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(data)))
        self.owner.leave(self)
        self.end_headers()
        self.wfile.write(data)

    def stream(self) -> None:
        """Begin a stream that ends with the connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, value: object) -> None:
        self.send(b"data: " + json.dumps(value).encode() + b"\n\n")

    def end(self) -> None:
        """The event after which nothing comes."""
        self.owner.leave(self)
        self.send(b"data: [DONE]\n\n")

    def piece(self, text: str, finish: str | None = None) -> None:
        self.event({"choices": [{"text": text, "finish_reason": finish}]})

    def log_message(self, *arguments: object) -> None:
        """Silent."""
