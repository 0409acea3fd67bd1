import pytest
import torch
from demo_model.train import Progress, Recipe, Training


def losses(training: Training, steps: int) -> list[float]:
    run = training.run()
    return [next(run) for _ in range(steps)]


def test_a_resumed_training_goes_on_as_if_never_stopped(training, tokenizer, shape, tmp_path):
    losses(training, 1)
    training.save(tmp_path / "checkpoint.pt")
    expected = losses(training, 1)
    second = Training(training.recipe, shape, training.rows, training.encoder, training.draw)
    second.resume(tmp_path / "checkpoint.pt")
    assert losses(second, 1) == expected
    for ours, theirs in zip(
        second.network.parameters(), training.network.parameters(), strict=True
    ):
        assert torch.equal(ours, theirs)


def test_training_lowers_the_loss(tokenizer, training):
    training.recipe = Recipe(steps=60, batch=2, warm_up=5, rate=1e-2)
    all_losses = list(training.run())
    assert sum(all_losses[-5:]) < sum(all_losses[:5]) / 2


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(training, tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(b"old")
    path.with_suffix(".part").mkdir()
    with pytest.raises((OSError, RuntimeError)):
        training.save(path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 1 / 60), (59, 1.0), (500, 1.0), (750, 0.515), (1000, 0.03)]
)
def test_the_rate_warms_up_stays_and_falls(step, expected):
    recipe = Recipe(steps=1000, rate=1.0)
    assert recipe.rate_at(Progress(step=step)) == pytest.approx(expected)


def test_a_budget_in_minutes_counts_the_seconds_trained():
    assert Recipe(minutes=2).share(Progress(seconds=60)) == 0.5
