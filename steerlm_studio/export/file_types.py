"""The types that a GGUF can be exported as, and how many bytes a tensor takes in each format."""

import math
from collections.abc import Mapping

from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType

from steerlm_studio.errors import StudioError
from steerlm_studio.export.tensors import Tensor

ALIGNMENT = 32  # bytes
PLAIN = ("F32", "F16", "BF16", "Q8_0")  # nearly all tensors have the one format
FILE_TYPES: dict[str, int] = {
    "F32": LlamaFileType.ALL_F32,
    "F16": LlamaFileType.MOSTLY_F16,
    "BF16": LlamaFileType.MOSTLY_BF16,
    "Q8_0": LlamaFileType.MOSTLY_Q8_0,
    "Q6_K": LlamaFileType.MOSTLY_Q6_K,
    "Q5_K_M": LlamaFileType.MOSTLY_Q5_K_M,
    "Q5_K_S": LlamaFileType.MOSTLY_Q5_K_S,
    "Q4_K_M": LlamaFileType.MOSTLY_Q4_K_M,
    "Q4_K_S": LlamaFileType.MOSTLY_Q4_K_S,
    "Q4_0": LlamaFileType.MOSTLY_Q4_0,
    "IQ4_XS": LlamaFileType.MOSTLY_IQ4_XS,
    "Q3_K_M": LlamaFileType.MOSTLY_Q3_K_M,
    "Q2_K": LlamaFileType.MOSTLY_Q2_K,
}

Kinds = Mapping[str, str]  # the number format of each tensor, by its name


def file_type(name: str) -> str:
    """The known type of this name, in any case. Raises StudioError."""
    if name.upper() not in FILE_TYPES:
        raise StudioError(f"There is no export type “{name}”. Known: {', '.join(FILE_TYPES)}.")
    return name.upper()


def plain_kinds(tensors: Mapping[str, Tensor], plain: str) -> dict[str, str]:
    """The formats in a file of a `PLAIN` type.

    Vectors stay F32; rows that fill no blocks of 32 become BF16.
    """
    return {name: _plain_kind(tensor, plain) for name, tensor in tensors.items()}


def _plain_kind(tensor: Tensor, plain: str) -> str:
    if len(tensor.shape) == 1:
        return "F32"
    return "BF16" if plain == "Q8_0" and tensor.shape[-1] % 32 else plain


def tensor_bytes(shape: tuple[int, ...], kind: str) -> int:
    block, size = GGML_QUANT_SIZES[GGMLQuantizationType[kind]]
    return math.prod(shape) // int(block) * int(size)


def data_bytes(tensors: Mapping[str, Tensor], kinds: Kinds) -> int:
    """The size of all tensor data in a file, padding included."""
    sizes = (tensor_bytes(tensor.shape, kinds[name]) for name, tensor in tensors.items())
    return sum(-(-size // ALIGNMENT) * ALIGNMENT for size in sizes)
