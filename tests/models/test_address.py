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
        ("https://example.org/ada/steer", "not a link of the hub"),
        ("https://huggingface.co/datasets/ada/x", "not the address of a model"),
    ],
)
def test_what_is_no_model_is_refused_in_words(text, words):
    with pytest.raises(StudioError, match=words):
        address_in(text)
