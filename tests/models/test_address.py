import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.models.address import Address, address_in


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada/steer", Address("ada/steer")),
        (" ada/steer/ ", Address("ada/steer")),
        ("ada/steer/sub/m.gguf", Address("ada/steer", "sub/m.gguf")),
        ("https://huggingface.co/ada/steer", Address("ada/steer")),
        ("https://huggingface.co/ada/steer/tree/main", Address("ada/steer")),
        ("huggingface.co/ada/steer", Address("ada/steer")),
        ("https://hf.co/ada/steer/blob/v2/a%20b.gguf", Address("ada/steer", "a b.gguf", "v2")),
        ("https://huggingface.co/ada/steer/resolve/main/m.nemo?download=true",
         Address("ada/steer", "m.nemo")),
        ("hf://ada/steer/m.gguf", Address("ada/steer", "m.gguf")),
        ("http://127.0.0.1:80/ada/steer", Address("ada/steer")),
        ("<https://huggingface.co/ada/steer/>", Address("ada/steer")),
        ("https://huggingface.co/ada/steer.git", Address("ada/steer")),
        ("https://huggingface.co/ada/steer/tree/v2/folder", Address("ada/steer", "", "v2")),
        ("https://huggingface.co/ada/steer/tree/refs%2Fpr%2F1#top",
         Address("ada/steer", "", "refs/pr/1")),
        ("https://huggingface.co/ada/steer/commit/abc123", Address("ada/steer", "", "abc123")),
        ("https://huggingface.co/ada/steer/tree", Address("ada/steer")),
        ("https://huggingface.co/ada/steer/discussions/7", Address("ada/steer")),
        ("https://huggingface.co/ada/steer/blame/main/m.gguf", Address("ada/steer", "m.gguf")),
        ("hf://models/ada/steer@v2/m.gguf", Address("ada/steer", "m.gguf", "v2")),
    ],
)  # fmt: skip
def test_a_model_is_read_from_its_name_or_any_of_its_links(text, address):
    assert address_in(text, "http://127.0.0.1:80") == address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no model of the hub"),
        ("steer", "Give owner/name"),
        ("a b/c", "Give owner/name"),
        ("../..", "Give owner/name"),
        ("ada/steer/../../x", "outside of its repository"),
        ("ada/steer/a%2F..%2F..%2Fx", "outside of its repository"),
        ("https://huggingface.co/ada/steer/blob/..%2F..%2Fx/m.gguf", "outside of its repository"),
        ("https://huggingface.co[/ada/steer", "not a link of the hub"),
        ("https://huggingface.co/api/models/ada/steer", "not the address of a model"),
        ("https://example.org/ada/steer", "not a link of the hub"),
        ("https://huggingface.co/datasets/ada/x", "not the address of a model"),
    ],
)
def test_what_is_no_model_is_refused_in_words(text, words):
    with pytest.raises(StudioError, match=words):
        address_in(text)


def test_a_hub_of_ones_own_may_lie_below_a_path(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example/hf/")
    found = address_in("https://mirror.example/hf/ada/steer/blob/v2/m.gguf")
    assert found == Address("ada/steer", "m.gguf", "v2")
    assert found.page == "https://mirror.example/hf/ada/steer/tree/v2"


def test_a_page_to_show_has_no_password(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://ada:pw@mirror.example")
    assert Address("ada/steer").page == "https://mirror.example/ada/steer"


def test_an_address_is_read_again_from_its_text():
    for address in (Address("ada/steer"), Address("ada/steer", "", "refs/pr/1")):
        assert address_in(address.text) == address
