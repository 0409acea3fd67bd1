import torch
from demo_model.network import LayerNorm1P, Network, rotate


def test_logits_at_chosen_places_are_those_of_the_whole(shape):
    network = Network(shape)
    ids = torch.arange(12).view(2, 6)
    chosen = torch.rand(2, 6, generator=torch.Generator().manual_seed(1)) > 0.5
    assert torch.allclose(network(ids, chosen), network(ids)[chosen], atol=1e-6)


def test_a_token_sees_only_what_is_before_it(shape):
    network = Network(shape)
    short, long = torch.tensor([[1, 2, 3]]), torch.tensor([[1, 2, 3, 9, 9]])
    assert torch.allclose(network(short), network(long)[:, :3], atol=1e-6)


def test_the_stored_norm_weight_is_the_factor_minus_one(shape):
    norm = LayerNorm1P(shape)
    x = torch.randn(3, shape.hidden)
    assert torch.allclose(norm(x), torch.nn.functional.layer_norm(x, [shape.hidden]))


def test_rotation_leaves_the_second_half_of_a_head_alone(shape):
    turn, _ = Network(shape)._places(5, torch.device("cpu"))
    x = torch.randn(1, 2, 5, shape.head)
    turned = rotate(x, turn)
    assert torch.equal(turned[..., shape.rotary :], x[..., shape.rotary :])
    assert torch.allclose(turned.norm(dim=-1), x.norm(dim=-1), atol=1e-5)
    assert torch.equal(turned[:, :, 0], x[:, :, 0])
