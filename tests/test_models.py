"""The classifier: the same numbers as packing, blind to pads, with the shapes its docstring gives."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from lessons_lib import models
from lessons_lib.models import CELLS, ReviewClassifier, pool, reverse

LENGTHS = torch.tensor([7, 1, 12, 4])


def batch_of(lengths: Tensor) -> Tensor:
    tokens = torch.randint(2, 30, (len(lengths), int(lengths.max())), generator=torch.Generator().manual_seed(5))
    return tokens.masked_fill(torch.arange(tokens.shape[1]) >= lengths.unsqueeze(1), 0)


def packed_logits(model: ReviewClassifier, packed_rnn: nn.RNNBase, tokens: Tensor, lengths: Tensor) -> Tensor:
    """The book's forward pass: pack, run torch's own recurrence, take the last states, apply the same head."""
    packed = pack_padded_sequence(model.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
    _, state = packed_rnn(packed)
    hidden = state[0] if isinstance(state, tuple) else state
    features = torch.cat((hidden[-2], hidden[-1]), dim=1) if packed_rnn.bidirectional else hidden[-1]
    return model.fc2(torch.relu(model.fc1(features))).squeeze(1)


def torch_recurrence(model: ReviewClassifier) -> nn.RNNBase:
    """One torch module that holds the same weights as the model's one or two recurrences."""
    config = model.config
    twin = CELLS[config["cell"]](
        config["embed_dim"], config["hidden_size"], batch_first=True, bidirectional=config["bidirectional"]
    )
    for recurrence, suffix in zip(model.recurrences, ("", "_reverse"), strict=False):
        for name, weight in recurrence.named_parameters():
            getattr(twin, name + suffix).data.copy_(weight.data)
    return twin


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", list(CELLS))
def test_logits_and_gradients_equal_those_of_packing(cell: str, bidirectional: bool) -> None:
    torch.manual_seed(0)
    model = ReviewClassifier(30, cell=cell, bidirectional=bidirectional)
    twin, tokens = torch_recurrence(model), batch_of(LENGTHS)
    labels = torch.tensor([1.0, 0.0, 0.0, 1.0])
    loss = nn.functional.binary_cross_entropy_with_logits

    expected = packed_logits(model, twin, tokens, LENGTHS)
    loss(expected, labels).backward()
    expected_gradients = {
        name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None
    }
    model.zero_grad()
    found = model(tokens, LENGTHS)
    loss(found, labels).backward()

    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)
    for name, gradient in expected_gradients.items():
        torch.testing.assert_close(model.get_parameter(name).grad, gradient, rtol=0, atol=1e-5)
    for recurrence, suffix in zip(model.recurrences, ("", "_reverse"), strict=False):
        for name, weight in recurrence.named_parameters():
            torch.testing.assert_close(weight.grad, getattr(twin, name + suffix).grad, rtol=0, atol=1e-5)


@pytest.mark.parametrize("pooling", models.POOLINGS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", list(CELLS))
def test_more_pad_columns_change_nothing(cell: str, bidirectional: bool, pooling: str) -> None:
    model = ReviewClassifier(30, cell=cell, bidirectional=bidirectional, pooling=pooling)
    tokens = batch_of(LENGTHS)
    wider = nn.functional.pad(tokens, (0, 9))
    torch.testing.assert_close(model(wider, LENGTHS), model(tokens, LENGTHS), rtol=0, atol=1e-6)


def test_the_same_seed_starts_from_the_books_weights() -> None:
    torch.manual_seed(1)
    book = [nn.Embedding(30, 20, padding_idx=0), nn.LSTM(20, 64, batch_first=True, bidirectional=True)]
    book += [nn.Linear(128, 64), nn.Linear(64, 1)]
    torch.manual_seed(1)
    model = ReviewClassifier(30, bidirectional=True)
    expected = [weight for layer in book for weight in layer.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), expected, strict=True))


def test_reverse_turns_each_row_within_its_length() -> None:
    tokens = torch.tensor([[5, 6, 7, 0], [8, 0, 0, 0], [1, 2, 3, 4]])
    assert reverse(tokens, torch.tensor([3, 1, 4])).tolist() == [[7, 6, 5, 0], [8, 0, 0, 0], [4, 3, 2, 1]]


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("last", [[3.0], [5.0]]),
        ("mean", [[2.0], [5.0]]),
        ("max", [[3.0], [5.0]]),
        ("max+mean", [[3.0, 2.0], [5.0, 5.0]]),
    ],
)
def test_pooling_reads_the_real_tokens_only(pooling: str, expected: list[list[float]]) -> None:
    states = torch.tensor([[1.0, 2, 3, 99], [5, 99, 99, 99]]).unsqueeze(2)
    assert pool(states, torch.tensor([3, 1]), pooling).tolist() == expected


def test_without_a_cell_the_head_reads_the_mean_embedding() -> None:
    model = models.build("mean", 30)
    tokens = torch.tensor([[5, 6, 7, 0], [8, 0, 0, 0]])
    rows = [model.embedding.weight[row].mean(dim=0) for row in ([5, 6, 7], [8])]
    torch.testing.assert_close(model.features(tokens, torch.tensor([3, 1])), torch.stack(rows))
    assert not list(model.recurrences.parameters())


def test_word_dropout_reads_tokens_as_unknown_in_training_only() -> None:
    model = ReviewClassifier(30, word_dropout=1.0, pooling="max")
    tokens = batch_of(LENGTHS)
    unknown = torch.ones_like(tokens)
    assert torch.equal(model(tokens, LENGTHS), model(unknown, LENGTHS))
    model.eval()
    assert not torch.equal(model(tokens, LENGTHS), model(unknown, LENGTHS))


@pytest.mark.parametrize("dropout", ["word_dropout", "embed_dropout", "dropout"])
def test_each_dropout_is_a_draw_in_training_and_none_in_evaluation(dropout: str) -> None:
    model = ReviewClassifier(30, **{dropout: 0.5})
    tokens = batch_of(LENGTHS)
    assert not torch.equal(model(tokens, LENGTHS), model(tokens, LENGTHS))
    model.eval()
    assert torch.equal(model(tokens, LENGTHS), model(tokens, LENGTHS))


def test_a_frozen_embedding_gets_no_gradient() -> None:
    model = ReviewClassifier(30, frozen_embedding=True)
    model(batch_of(LENGTHS), LENGTHS).sum().backward()
    assert model.embedding.weight.grad is None
    assert model.fc1.weight.grad is not None


@pytest.mark.parametrize(
    ("arguments", "named"), [({"cell": "LSTM"}, "cell 'LSTM'"), ({"pooling": "sum"}, "pooling 'sum'")]
)
def test_an_unknown_cell_or_pooling_is_named(arguments: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=f"unknown {named}: choose one of"):
        ReviewClassifier(30, **arguments)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ValueError, match="unknown model 'transformer': choose one of mean, rnn, gru"):
        models.build("transformer", 30)
