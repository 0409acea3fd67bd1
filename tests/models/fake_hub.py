"""A hub on loopback that behaves, or misbehaves as it is told to."""

import contextlib
import hashlib
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

PIECE = 16384
XET = "ee92" * 16  # a Xet bridge's hash of a file: as long as a sha256, and not that


@dataclass
class Request:
    """What was asked and what was given; `sent` counts bytes of the body."""

    method: str
    path: str
    host: str
    range: str
    authorization: str
    sent: int = 0

    @property
    def start(self):
        return int(self.range.removeprefix("bytes=").split("-")[0]) if self.range else 0


@dataclass
class Repo:
    files: dict
    gated: str | bool = False
    card: dict = field(default_factory=dict)
    error: tuple = ()  # status and the hub's own name of the error
    commit: str = "c" * 40
    sizes: dict = field(default_factory=dict)  # sizes that are claimed instead of the true ones


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_sha1(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class FakeHub:
    """Serves `repos`; each GET of a file takes one of `tricks`, as long as there are any."""

    def __init__(self):
        self.repos, self.requests, self.tricks = {}, [], []
        self.head_tricks = []
        self.cdn = ""  # the host that files are redirected to, by an address that is signed
        self.is_xet = False  # the CDN has hashes of its own for files
        self.words = ""  # the hub's own, of an error
        self.moved = {}  # old names of repositories
        self.signed = 0  # addresses so far; the CDN takes the newest only
        self.pause = 0.0  # seconds between two pieces of a body
        self.small = False  # files are kept in git, not in LFS
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self.prefix = ""  # a path that a mirror lies below
        self.closing = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def close(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def add(self, repo, files, **more):
        self.repos[repo] = Repo(files, **more)

    def etag(self, data):
        return git_sha1(data) if self.small else sha256(data)

    @property
    def gets(self):
        return [r for r in self.requests if r.method == "GET" and "/api/" not in r.path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, *_):
        pass

    def setup(self):
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
        super().setup()

    def do_HEAD(self):
        self._serve()

    def do_GET(self):
        self._serve()

    def _serve(self):
        h = self.headers
        self.seen = Request(
            self.command, self.path, h["Host"], h.get("Range", ""), h.get("Authorization", "")
        )
        self.hub.requests.append(self.seen)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            path = urlsplit(self.path).path.removeprefix(self.hub.prefix)
            if old := next((name for name in self.hub.moved if f"/{name}/" in f"{path}/"), ""):
                where = self.hub.prefix + path.replace(old, self.hub.moved[old])
                return self._answer(307, Location=where)
            self._api(unquote(path)) if path.startswith("/api/") else self._file(path)
        return None

    def _answer(self, status, data=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self._send(data)

    def _send(self, data):
        for at in range(0, len(data), PIECE):
            self.wfile.write(data[at : at + PIECE])
            self.seen.sent += len(data[at : at + PIECE])
            if self.hub.pause:
                time.sleep(self.hub.pause)

    def _api(self, path):
        if path == "/api/models":
            query = parse_qs(urlsplit(self.path).query)["search"][0].lower()
            found = [self._info(n, r) for n, r in self.hub.repos.items() if query in n.lower()]
            return self._answer(200, json.dumps(found).encode())
        if path == "/api/whoami-v2":
            known = self.seen.authorization == "Bearer hf_good"
            data = (
                {
                    "type": "user",
                    "name": "ada",
                    "auth": {"accessToken": {"displayName": "t", "role": "read"}},
                }
                if known
                else {}
            )
            return self._answer(200 if known else 401, json.dumps(data).encode())
        name = path.removeprefix("/api/models/").split("/revision/")[0]
        repo = self.hub.repos.get(name)
        if repo is None:
            return self._answer(404, X_Error_Code="RepoNotFound")
        return self._answer(200, json.dumps(self._info(name, repo)).encode())

    def _info(self, name, repo):
        siblings = [
            {"rfilename": file, "size": repo.sizes.get(file, len(data)), "blobId": git_sha1(data),
             "lfs": {"sha256": sha256(data), "size": len(data), "pointerSize": 130}}
            for file, data in repo.files.items()
        ]  # fmt: skip
        return {"id": name, "sha": repo.commit, "gated": repo.gated, "downloads": 7, "likes": 3,
                "cardData": repo.card, "tags": ["nemo"], "siblings": siblings}  # fmt: skip

    def _file(self, path):
        name, _, rest = path.removeprefix("/cdn").removeprefix("/").partition("/resolve/")
        repo = self.hub.repos.get(name)
        if repo is None:
            return self._answer(404, X_Error_Code="RepoNotFound")
        if repo.error:
            said = {"X_Error_Code": repo.error[1], "X_Error_Message": self.hub.words}
            return self._answer(repo.error[0], **said)
        file = unquote(rest.partition("/")[2])  # after a revision such as refs%2Fpr%2F1
        if file not in repo.files:
            return self._answer(404, X_Error_Code="EntryNotFound", X_Repo_Commit=repo.commit)
        if self.command == "HEAD":
            return self._head(repo, file, path)
        newest = f"Signature=s3cret{self.hub.signed}"
        if path.startswith("/cdn") and urlsplit(self.path).query != newest:
            return self._answer(403)
        trick = self.hub.tricks.pop(0) if self.hub.tricks else plain
        return trick(self, repo.files[file])

    def _head(self, repo, file, path):
        if self.hub.head_tricks:
            return self.hub.head_tricks.pop(0)(self, repo.files[file])
        data = repo.files[file]
        headers = {"ETag": f'"{self.hub.etag(data)}"', "X_Repo_Commit": repo.commit}
        size = repo.sizes.get(file, len(data))
        if not self.hub.cdn:
            return self._answer(200, **headers, Content_Length=size)
        headers |= {"X_Linked_Etag": headers["ETag"], "X_Linked_Size": size}
        self.hub.signed += 1
        signed = f"{self.hub.cdn}{self.hub.prefix}/cdn{path}?Signature=s3cret{self.hub.signed}"
        headers |= {"ETag": '"of the redirect"', "Location": signed}
        if self.hub.is_xet:
            headers |= {"X_Xet_Hash": XET, "Link": f'<{self.hub.url}/xet>; rel="xet-auth"'}
        return self._answer(302, **headers)


def plain(handler, data, etag=None):
    """The answer of a good server: the range that was asked for."""
    etag = etag or (XET if handler.hub.is_xet else handler.hub.etag(data))
    if not handler.seen.range:
        return handler._answer(200, data, ETag=f'"{etag}"')
    start, last = handler.seen.range.removeprefix("bytes=").split("-")
    part = data[int(start) : int(last) + 1]
    where = f"bytes {start}-{int(start) + len(part) - 1}/{len(data)}"
    return handler._answer(206, part, ETag=f'"{etag}"', Content_Range=where)


def cut_after(count):
    """Promises everything, sends `count` bytes and closes."""

    def trick(handler, data):
        start = handler.seen.start
        size = len(data) - start
        handler.send_response(206)
        handler.send_header("Content-Length", str(size))
        handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        handler.end_headers()
        handler._send(data[start : start + count])
        handler.close_connection = True

    return trick


def stall_after(count):
    """Sends `count` bytes, then nothing until the hub closes."""

    def trick(handler, data):
        cut_after(count)(handler, data)
        handler.wfile.flush()
        handler.hub.closing.wait(20)

    return trick


def status(code, **headers):
    def trick(handler, data):
        handler._answer(code, **headers)

    return trick


def ignores_range(handler, data):
    handler._answer(200, data)


def as_text(handler, data):
    """A mirror that knows no ranges and takes every file for text."""
    handler._answer(200, data, Content_Type="text/plain; charset=utf-8")


def other_range(handler, data):
    handler._answer(206, data[1:], Content_Range=f"bytes 1-{len(data) - 1}/{len(data)}")


def wrong_bytes(handler, data):
    plain(handler, bytes(len(data)), etag="no hash at all")


def longer(handler, data):
    handler._answer(206, data + b"more", Content_Range=f"bytes 0-{len(data) + 3}/{len(data) + 4}")


def login_page(handler, data):
    """What a hotel's network answers in place of everything."""
    handler._answer(200, b"<html>Log in</html>", Content_Type="text/html")
