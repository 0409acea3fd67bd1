import signal

import pytest

from steerlm_studio.outcome import outcome, ran_out_of_memory

SENTENCES = {
    3: "The engine ended by itself with status 3.",
    -signal.SIGKILL: "The engine was stopped by signal 9 (killed, by someone or by the system for",
    -signal.SIGABRT: "The engine crashed with signal 6 (it gave up on an error inside llama.cpp)",
    -signal.SIGILL: "build llama-cpp-python on this machine",
    -signal.SIGUSR1: "The engine was stopped by signal 10.",
    -250: "The engine was stopped by signal 250.",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_every_end_has_its_sentence(code):
    error = outcome(code)
    assert SENTENCES[code] in str(error)
    assert "The text so far is kept" in str(error)


def test_the_last_lines_of_the_log_are_the_detail():
    log = "\n".join(f"line {n}" for n in range(500))
    lines = outcome(1, log, name="The export").detail.splitlines()
    assert len(lines) == 200
    assert lines[-1] == "line 499"


def test_another_child_has_its_own_name():
    assert str(outcome(1, name="The export")).startswith("The export ended")


@pytest.mark.parametrize(
    "words",
    [
        "CUDA error: out of memory",
        "allocating 512.00 MiB on device 0: cudaMalloc failed: out of memory",
        "CUBLAS_STATUS_ALLOC_FAILED",
        "ROCm error: hipErrorOutOfMemory",
        "ggml_vulkan: Device memory allocation of size 1048576 failed.",
        "terminate called after throwing an instance of 'vk::OutOfDeviceMemoryError'",
        "Requested buffer size exceeds device memory allocation limit: ErrorOutOfDeviceMemory",
        "ggml_metal: error: failed to allocate buffer, size = 8.00 MiB",
        "kIOGPUCommandBufferCallbackErrorOutOfMemory",
        "UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY",
        "can't allocate 4096 Bytes of memory on device",
        "mmap failed: Cannot allocate memory",
        "terminate called after throwing an instance of 'std::bad_alloc'",
    ],
)
def test_want_of_memory_is_recognised_in_the_words_of_each_backend(words):
    assert ran_out_of_memory(words)


@pytest.mark.parametrize(
    "words",
    ["", "using device Vulkan0 - 100 MiB free", "the file is damaged"],
)
def test_other_words_tell_of_no_want_of_memory(words):
    assert not ran_out_of_memory(words)
