"""A tokenizer and a network small enough to train in a second."""

from pathlib import Path

import pytest
import sentencepiece
import torch
from demo_model import vocabulary
from demo_model.encoding import Encoder
from demo_model.network import Shape
from demo_model.train import Recipe, Training

from tests.demo_model.toy_corpus import REPLIES, drawn

torch.set_num_threads(
    1
)  # as the training does: two beside a busy program take a hundred times longer


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> sentencepiece.SentencePieceProcessor:
    path: Path = tmp_path_factory.mktemp("vocabulary") / "tokenizer.model"
    vocabulary.train([*REPLIES, "What is it?", "Be kind.", "System User Assistant"], path, 600)
    return vocabulary.load(path)


@pytest.fixture
def shape(tokenizer: sentencepiece.SentencePieceProcessor) -> Shape:
    return Shape(tokenizer.get_piece_size(), hidden=32, layers=2, heads=2, feed_forward=64)


@pytest.fixture
def training(tokenizer: sentencepiece.SentencePieceProcessor, shape: Shape) -> Training:
    rows = vocabulary.shared_rows(tokenizer)
    return Training(Recipe(steps=4, batch=2, warm_up=1), shape, rows, Encoder(tokenizer), drawn)
