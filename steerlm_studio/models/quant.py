"""What a file's numbers are stored as, from its name or its GGUF header."""

import re

# `llama_ftype` of llama.h
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K",
    11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
    17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS",
    23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip
_IN_NAME = re.compile(
    r"(?<![A-Za-z0-9])(I?Q[1-8](?:_K_(?:XL|[SML])|_K|_[01]|_XXS|_XS|_NL|_[SM])|TQ[12]_0|MXFP4|NVFP4"
    r"|BF16|FP?16|FP?32)(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def quant_of_type(file_type: object) -> str:
    """The name of a GGUF's `general.file_type`; empty when unknown."""
    return _FILE_TYPES.get(file_type, "") if isinstance(file_type, int) else ""


def quant_in_name(name: str) -> str:
    """The quantization that a file name tells, in capitals; empty when it tells none."""
    found = _IN_NAME.findall(name)
    return found[-1].upper().replace("FP", "F") if found else ""
