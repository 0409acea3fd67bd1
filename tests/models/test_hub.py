import gzip
import socket

import pytest
from huggingface_hub.utils import close_session

from steerlm_studio.models.address import Address
from steerlm_studio.models.hub import Hub
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.hub_words import in_words
from steerlm_studio.models.login import account

REPO = "ada/steer"
PLACE = Address(REPO, "steer-Q8_0.gguf")


@pytest.fixture
def fresh_connection():
    """Settings of the network are read when the first connection is made."""
    close_session()
    yield
    close_session()


def test_models_are_found_by_words_of_their_name(hub, fake_hub):
    fake_hub.add("ada/steer-8b", {})
    fake_hub.add("ada/other", {})
    assert [model.repo for model in hub.search("steer")] == ["ada/steer-8b"]
    assert hub.search("nothing") == ()


def test_a_model_tells_its_files_licence_and_gate(hub, fake_hub):
    card = {"license": "other", "license_name": "nv-x", "license_link": "https://example.org/x"}
    files = {"m-Q4_K_M.gguf": b"12", "m.nemo": b"123", "README.md": b"1"}
    fake_hub.add(REPO, files, gated="manual", card=card)
    model = hub.model(Address(REPO))
    assert (model.licence, model.licence_link, model.gated) == (
        "nv-x",
        card["license_link"],
        "manual",
    )
    assert [(f.name, f.bytes, f.kind, f.quant) for f in model.files] == [
        ("m-Q4_K_M.gguf", 2, "gguf", "Q4_K_M"),
        ("m.nemo", 3, "nemo", ""),
        ("README.md", 1, "other", ""),
    ]


@pytest.mark.parametrize(
    ("card", "licence"),
    [({"license": "mit"}, "mit"), ({"license": ["mit", "gpl"]}, "mit, gpl"), ({}, ""), (None, "")],
)
def test_a_licence_is_read_however_the_card_writes_it(hub, fake_hub, card, licence):
    fake_hub.add(REPO, {}, card=card)
    assert hub.model(Address(REPO)).licence == licence


def failure(ask):
    with pytest.raises(HubError) as caught:
        ask()
    return caught.value


def test_a_model_that_is_not_there_is_said_to_be_missing(hub, fake_hub):
    error = failure(lambda: hub.model(Address("ada/none")))
    assert error.kind == "missing"
    assert f"no model at {fake_hub.url}/ada/none" in str(error)
    assert "it is private and you are not logged in" in str(error)


def worded(hub, address):
    try:
        return hub.file(address)
    except Exception as error:
        return in_words(error, endpoint=hub.endpoint, repo=address.repo, file=address.file)


def test_a_gated_model_says_where_to_accept_and_whether_one_is_logged_in(
    hub, fake_hub, monkeypatch
):
    fake_hub.add(REPO, {}, error=(403, "GatedRepo"))
    error = worded(hub, PLACE)
    assert (error.kind, error.link) == ("gated", f"{fake_hub.url}/{REPO}")
    assert "you are not logged in" in str(error)
    assert "“Open model…”, in a terminal with: steerlm-studio models login" in str(error)
    monkeypatch.setenv("HF_TOKEN", "hf_known")
    known = str(worded(hub, PLACE))
    assert "has not been granted access yet" in known
    assert "models login" not in known


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [(401, "gated", "refuses access"), (403, "gated", "fine-grained tokens"), (404, "hub", "404"),
     (429, "hub", "fewer requests"), (500, "hub", "trouble of its own")],
)  # fmt: skip
def test_a_refusal_by_number_has_words(hub, fake_hub, status, kind, words):
    fake_hub.add(REPO, {}, error=(status, "Whatever"))
    error = worded(hub, PLACE)
    assert error.kind == kind
    assert words in str(error)


def test_a_file_that_is_not_there_is_named(hub, fake_hub):
    fake_hub.add(REPO, {})
    error = worded(hub, PLACE)
    assert error.kind == "missing"
    assert "has no file “steer-Q8_0.gguf”" in str(error)


def test_a_hub_that_cannot_be_reached_is_said_to_be_that():
    error = failure(lambda: Hub("http://127.0.0.1:9", timeout=2).search("x"))
    assert error.kind == "network"
    assert "http://127.0.0.1:9 cannot be reached" in str(error)


def test_a_proxy_that_is_not_there_is_named_and_not_the_hub(monkeypatch, fresh_connection):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", f"http://ada:secret@{proxy}")
        with pytest.raises(HubError, match=f"The proxy {proxy} cannot be reached") as caught:
            Hub("https://hub.example", timeout=5).search("x")
    assert caught.value.kind == "proxy"
    assert "secret" not in str(caught.value) + caught.value.detail


def test_offline_mode_is_respected_and_said(hub, fake_hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    error = failure(lambda: hub.search("x"))
    assert error.kind == "offline"
    assert "HF_HUB_OFFLINE" in str(error)
    assert fake_hub.requests == []


def test_what_answers_like_no_hub_is_said_to_be_none(hub, fake_hub):
    fake_hub.add(REPO, {}, card="a text where a table belongs")
    error = failure(lambda: hub.model(Address(REPO)))
    assert "did not answer as a hub does" in str(error)


def test_a_token_never_gets_into_an_error(hub):
    error = in_words(OSError("bad hf_abcDEF123 at https://ada:pw@x.org"), endpoint="https://x.org")
    assert "hf_abc" not in str(error) + error.detail
    assert "pw@" not in error.detail


def test_file_names_that_leave_their_folder_are_not_listed(hub, fake_hub):
    fake_hub.add(REPO, {"../../evil.gguf": b"", "/etc/x": b"", "a/b.gguf": b""})
    assert [file.name for file in hub.model(Address(REPO)).files] == ["a/b.gguf"]


def test_a_checksum_that_is_a_path_is_refused(hub, fake_hub, monkeypatch):
    fake_hub.add(REPO, {PLACE.file: b"x"})
    monkeypatch.setattr(fake_hub, "etag", lambda data: "../../../evil")
    assert "in a way no hub does" in str(worded(hub, PLACE))


def test_one_is_told_who_one_is(hub, monkeypatch):
    assert account(hub) == ""
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    assert account(hub) == "ada"
    monkeypatch.setenv("HF_TOKEN", "hf_unknown")
    assert "does not know this token" in str(failure(lambda: account(hub)))


@pytest.mark.parametrize("endpoint", ["hub.example", "http://", "ftp://hub.example", "http://[::1"])
def test_an_endpoint_that_is_no_address_is_named_at_once(endpoint):
    error = failure(lambda: Hub(endpoint))
    assert f"“{endpoint}” is not the address of a hub" in str(error)
    assert "HF_ENDPOINT" in str(error)


def test_a_name_and_a_password_of_the_endpoint_are_not_shown():
    error = failure(lambda: Hub("http://ada:pw@127.0.0.1:9", timeout=2).search("x"))
    assert "http://127.0.0.1:9 cannot be reached" in str(error)
    assert "pw" not in str(error) + error.detail + error.link


def test_a_token_with_letters_that_none_has_is_said_to_be_wrong(fake_hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_äöü")
    error = failure(lambda: Hub(fake_hub.url))
    assert "characters that no token has" in str(error)
    assert "äöü" not in str(error) + error.detail


def test_the_token_is_not_sent_where_the_hub_only_points_unencrypted():
    hub = Hub("https://hub.example")
    assert hub.is_own("https://hub.example/ada/steer")
    assert not hub.is_own("http://hub.example/ada/steer")


@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_that_unpacks_without_end_is_not_taken_in(hub, fake_hub, monkeypatch, status):
    packed = gzip.compress(bytes(80_000_000))
    answer = lambda handler, path: handler._answer(status, packed, Content_Encoding="gzip")  # noqa: E731
    monkeypatch.setattr("tests.models.fake_hub._Handler._api", answer)
    assert "more than can be meant" in str(failure(lambda: hub.search("x")))


def test_a_model_that_is_described_oddly_hides_no_other(hub, fake_hub):
    fake_hub.add("ada/steer-odd", {}, card=["no table"])
    fake_hub.add("ada/steer-8b", {})
    assert [model.repo for model in hub.search("steer")] == ["ada/steer-8b"]


def test_a_model_that_the_hub_disabled_is_said_to_be_that(hub, fake_hub):
    fake_hub.add(REPO, {}, error=(403, "Whatever"))
    fake_hub.words = "Access to this resource is disabled."
    error = worded(hub, PLACE)
    assert "has disabled" in str(error)
    assert error.link == f"{fake_hub.url}/{REPO}"
