"""The engine child for servers: addresses, keys, TLS, proxies."""

import datetime
import socket
import ssl
import threading

import pytest
import trustme

from steerlm_studio.engine.server_client import ServerEngine
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Part
from steerlm_studio.server_address import address_of
from tests.engine.asking import (
    COMPLETIONS,
    answers,
    engine_for,
    lanes,
    refused,
    tea,
)
from tests.engine.peer import Peer


def test_a_page_that_is_no_server_is_said(peer):
    peer.routes["/v1/models"] = lambda handler: handler.answer(b"<html>Welcome</html>")
    assert "is no JSON" in refused(peer)


def test_a_wrong_key_is_said(peer):
    peer.routes["/props"] = lambda handler: handler.answer({"error": "Invalid API Key"}, 401)
    assert "wants another key (401: Invalid API Key)" in refused(peer)


def test_a_server_that_loads_is_said(peer):
    peer.routes["/props"] = lambda handler: handler.answer({"error": "Loading model"}, 503)
    assert "may still be loading" in refused(peer)


def test_models_are_chosen_by_name(peer):
    several = {"data": [{"id": "one"}, {"id": "two"}]}
    peer.routes["/v1/models"] = lambda handler: handler.answer(several)
    assert "several models. Name one of them: one, two" in refused(peer)
    assert "no model “three”. It has: one, two" in refused(peer, model="three")
    with engine_for(peer, model="two") as engine:
        assert engine.ready.name == "two"


def test_nobody_there_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert "Nothing answers" in refused(f"http://127.0.0.1:{port}")


def test_exact_and_tokens_are_refused_with_the_reason(peer):
    with engine_for(peer) as engine:
        with pytest.raises(StudioError, match="no text can be promised again"):
            list(engine.generate(lanes("Tea?"), mode="exact"))
        with pytest.raises(StudioError, match="does not tell the tokens"):
            engine.tokenize([Part("text", "tea")])


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("localhost:8080", "http://localhost:8080"),
        (" http://gpu.lan/ ", "http://gpu.lan"),
        ("https://api.example.com/v1", "https://api.example.com"),
        ("https://host:8443/llm/v1/completions", "https://host:8443/llm"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
    ],
)
def test_an_address_is_read_as_it_is_typed(typed, url):
    assert address_of(typed).url == url


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("::1", "http://[::1]"),
        ("fe80::1%eth0", "http://[fe80::1%eth0]"),
        ("http://Bücher.example/", "http://xn--bcher-kva.example"),
        ("http://host//v1//", "http://host"),
        ("http://host/für uns/v1", "http://host/f%C3%BCr%20uns"),
    ],
)
def test_an_address_that_http_cannot_say_is_spelled_so_that_it_can(typed, url):
    assert address_of(typed).url == url


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "no address"),
        ("ftp://host", "no address"),
        ("http://host:port", "no address"),
        ("https://me:secret@host", "Give the key apart"),
        ("https://me:secret@host:port", "Give the key apart"),
        ("http:/host", "no address"),
        ("https:8080", "no address"),
        ("http://host:0", "no address"),
        ("http://a..b", "no address"),
        ("http://a\u202eb", "no address"),
        ("http://a b", "no address"),
        ("http://" + "a" * 70, "no address"),
        ("unix:///run/server.sock", "no address"),
        ("http://host/?a=1", "no address"),
    ],
)
def test_what_is_no_address_is_said(typed, why):
    with pytest.raises(StudioError, match=why):
        address_of(typed)


def test_a_key_is_safe_over_tls_and_on_this_machine():
    safe = ["https://host", "http://localhost:1", "http://127.0.0.9", "http://[::1]"]
    assert all(address_of(url).is_encrypted for url in safe)
    assert not address_of("http://gpu.lan").is_encrypted


def test_a_certificate_is_checked(tmp_path, monkeypatch):
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with Peer(tls).running() as peer:
        peer.routes[COMPLETIONS] = tea
        assert "cannot be trusted" in refused(peer)
        assert peer.seen == []
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        with engine_for(peer) as engine:
            assert answers(engine, lanes("Tea?"))[0] == ["Tea is a drink."]


def test_a_server_without_tls_is_said(peer):
    assert "does not speak TLS" in refused(peer.url.replace("http:", "https:"))


def test_a_server_with_tls_that_is_asked_without_is_said():
    """vLLM answers with an alert of TLS."""

    def alert(server):
        connection, _ = server.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=alert, args=(server,))
        thread.start()
        said = refused(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert "is no HTTP" in said
    assert "whether it is http:// or https://" in said


def test_a_certificate_of_another_name_is_said_in_one_sentence(tmp_path, monkeypatch):
    """OpenSSL's words end with a full stop: there were two."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with Peer(tls).running() as peer:
        said = refused(peer.url.replace("127.0.0.1", "localhost"))
    assert "Hostname mismatch" in said
    assert ".." not in said


def test_a_proxy_is_asked_for_plain_addresses(peer, monkeypatch):
    target = "http://far.example:8000"
    peer.routes[f"{target}/v1/models"] = peer.routes["/v1/models"]
    peer.routes[f"{target}/v1/completions"] = tea
    monkeypatch.setenv("http_proxy", peer.url.replace("//", "//me:word@"))
    with ServerEngine(target) as engine:
        assert answers(engine, lanes("Tea?"))[0] == ["Tea is a drink."]
    assert {headers["Proxy-Authorization"] for _, _, headers, _ in peer.seen} == {
        "Basic bWU6d29yZA=="
    }
    assert {headers["Host"] for _, _, headers, _ in peer.seen} == {"far.example:8000"}


def test_a_proxy_opens_the_way_for_tls(peer, monkeypatch):
    monkeypatch.setenv("https_proxy", peer.url)
    assert "far.example" in refused("https://far.example")
    assert [(method, path) for method, path, _, _ in peer.seen] == [("CONNECT", "far.example:443")]


def test_a_proxy_that_is_not_there_is_named_and_not_the_server(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{free.getsockname()[1]}"
    for target in ("http://far.example", "https://far.example"):
        monkeypatch.setenv(target.partition(":")[0] + "_proxy", f"http://me:word@{proxy}")
        said = refused(target)
        assert f"The proxy {proxy} gives no way" in said
        assert "word@" not in said


def test_a_proxy_that_wants_a_password_says_so(peer, monkeypatch):
    def wants_password(handler):
        handler.answer(b"", 407, Proxy_Authenticate="Basic")

    peer.routes["http://far.example/props"] = wants_password
    peer.routes["far.example:443"] = wants_password
    monkeypatch.setenv("http_proxy", peer.url)
    monkeypatch.setenv("https_proxy", peer.url)
    assert "wants a name and a password" in refused("http://far.example")
    assert "407" in refused("https://far.example")


def test_a_server_that_answers_every_unknown_path_with_its_page_is_used(peer):
    peer.routes["/props"] = lambda handler: handler.answer(b"<html>", Content_Type="text/html")
    peer.routes[COMPLETIONS] = tea
    with engine_for(peer) as engine:
        assert answers(engine, lanes("Tea?"))[0] == ["Tea is a drink."]


def test_a_certificate_for_another_host_and_an_old_one_are_refused(tmp_path, monkeypatch):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    for certificate in (
        authority.issue_cert("other.example"),
        authority.issue_cert("127.0.0.1", not_before=past, not_after=past.replace(year=2021)),
    ):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(tls)
        with Peer(tls).running() as peer:
            assert "cannot be trusted" in refused(peer)
            assert peer.seen == []


def test_no_proxy_is_respected(peer, monkeypatch):
    peer.routes[COMPLETIONS] = tea
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with engine_for(peer) as engine:
        assert answers(engine, lanes("Tea?"))[0] == ["Tea is a drink."]
