"""A new file is held against its checkpoint, and a wrong one never gets its name."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sentencepiece

from steerlm_studio.errors import StudioError
from steerlm_studio.export import run
from steerlm_studio.export.forward import logits
from steerlm_studio.export.gguf_table import table
from steerlm_studio.export.probes import STRINGS
from steerlm_studio.export.verify import Report, Source, verified
from tests.export import made
from tests.export.test_sentencepiece import SETTINGS, trained


@pytest.fixture
def made_file(tmp_path):
    """A right file with all that it was made of."""
    checkpoint = made.FIXTURES / "nemo" / "legacy_bf16.nemo"
    with run.opened(checkpoint) as source:
        model = run.prepared(source, run.About("t", "quality:4"), checkpoint.name)
        [target] = run.targets(model, {tmp_path / "m.gguf": "Q8_0"})
        for _ in run.written(model, [target]):
            pass
        yield source, model, target


def test_a_right_file_gets_a_report(made_file):
    source, model, target = made_file
    report = verified(target.out, model, target, run.judge(source, model, compare_logits=True))
    assert report.tensors == 34
    assert report.rows > 34
    assert report.strings == len(set(STRINGS)) == 40
    assert report.compared == 8
    assert report.correlation > 0.99


def change(path: Path, name: str, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(table(path)[1][name].offset)
        file.write(data)


def test_a_changed_row_is_found(made_file):
    source, model, target = made_file
    change(target.out, "blk.1.ffn_up.weight", b"\1\2\3\4")
    with pytest.raises(StudioError, match=r"row 0 of blk\.1\.ffn_up\.weight"):
        verified(target.out, model, target, Source(source.tokenizer))


def test_another_list_of_tensors_is_found(made_file):
    source, model, target = made_file
    kinds = {**target.kinds, "output.weight": "F32"}
    with pytest.raises(StudioError, match="list of tensors"):
        verified(target.out, model, replace(target, kinds=kinds), Source(source.tokenizer))


def test_another_tokenizer_is_found(made_file):
    _, model, target = made_file
    with pytest.raises(StudioError, match="other tokens than SentencePiece"):
        verified(target.out, model, target, Source(trained(units=("\n", "humor:4"))))


def test_other_logits_are_found(made_file):
    source, model, target = made_file
    judge = run.judge(source, model, compare_logits=True)
    with pytest.raises(StudioError, match="logits are not the checkpoint's"):
        verified(target.out, model, target, replace(judge, logits=judge.logits[::-1]))


def test_a_file_that_is_wrong_never_gets_its_name(made_file, tmp_path):
    source, model, target = made_file
    judge = run.judge(source, model, compare_logits=True)
    out = tmp_path / "new" / "m.gguf"
    out.parent.mkdir()
    steps = run.written(model, [replace(target, out=out)], replace(judge, logits=-judge.logits))
    with pytest.raises(StudioError, match="was removed"):
        list(steps)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_all_kinds_of_tokenizers_pass(settings, tmp_path):
    model = trained(**settings)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model).get_piece_size()
    shape = made.Shape(layers=1, rows=pieces)
    source = made.nemo(
        tmp_path / "m.nemo", made.weights(shape), made.config(shape), tokenizer=model
    )
    with run.opened(source) as opened:
        found = run.prepared(opened, run.About("t", ""), "m")
        files = run.targets(found, {tmp_path / "m.gguf": "BF16"})
        steps = list(run.written(found, files, run.judge(opened, found)))
    assert [step.strings for step in steps if isinstance(step, Report)] == [40]


@pytest.mark.parametrize("prefix", made.PREFIXES)
def test_the_plain_forward_computes_what_the_network_computes(prefix, tmp_path):
    shape = made.Shape(heads=6, groups=2, head=16, width=96, ffn=160, rows=640)
    tensors = made.weights(shape, prefix)
    source, ids = made.nemo(tmp_path / "m.nemo", tensors, made.config(shape)), [4, 300, 17, 511]
    with run.opened(source) as opened:
        found = logits(opened.network, opened.tensors, ids, made.PIECES)
    wanted = made.logits(shape, tensors, prefix, ids)[:, : made.PIECES].numpy()
    assert np.abs(found - wanted).max() < 1e-4
