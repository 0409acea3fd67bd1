import pytest

from steerlm_studio.models.quant import quant_in_name, quant_of_type


@pytest.mark.parametrize(
    ("name", "quant"),
    [("model-Q4_K_M.gguf", "Q4_K_M"), ("m.q8_0.gguf", "Q8_0"), ("m.i1-IQ3_XXS.gguf", "IQ3_XXS"),
     ("m-fp16.gguf", "F16"), ("m-BF16-00001-of-00002.gguf", "BF16"), ("Q4-model-Q6_K.gguf", "Q6_K"),
     ("model.gguf", ""), ("faq4_0x.gguf", "")],
)  # fmt: skip
def test_a_quantization_is_read_from_the_file_name(name, quant):
    assert quant_in_name(name) == quant


def test_a_quantization_is_read_from_the_header():
    assert quant_of_type(15) == "Q4_K_M"
    assert quant_of_type(9999) == quant_of_type("15") == quant_of_type(None) == ""
