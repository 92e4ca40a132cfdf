"""The exercises of lesson 05: rows that get a gradient, one step of SGD, and the cosine."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from lessons_lib import vocabulary
from lessons_lib.checks import Key, exercise
from lessons_lib.tokens import tokenize


@exercise(6)
def rows_with_gradient() -> Key:
    """Which rows of a table get a gradient from a batch with pads and a missing word?"""
    vocab = vocabulary.build(dict.fromkeys(["a", "good", "film", "bad", "plot", "cast"], 1))

    def indices(texts: tuple[str, ...]) -> Tensor:
        return pad_sequence([torch.tensor(vocab(tokenize(text))) for text in texts], batch_first=True)

    def right(*texts: str) -> set[int]:
        embedding = nn.Embedding(len(vocab), 4, padding_idx=0)
        embedding(indices(texts)).sum().backward()
        assert embedding.weight.grad is not None
        return set(embedding.weight.grad.any(dim=1).nonzero().flatten().tolist())

    def missing(texts: tuple[str, ...]) -> set[str]:
        return {token for text in texts for token in tokenize(text) if token not in vocab}

    def why_not_new(*texts: str) -> str:
        return (
            f"There is no row {len(vocab)}: the rows are 0 to {len(vocab) - 1}, and a lookup outside them raises "
            f"IndexError. The vocabulary sends {', '.join(missing(texts))} to <unk>, which has a row."
        )

    def why_not_ignored(*texts: str) -> str:
        return (
            f"You leave out row 1. {', '.join(missing(texts))} has no row of its own, and is read as <unk>. That is an "
            f"ordinary row, not a pad: it gets the gradient of every place where it stands."
        )

    return Key(
        cases={"the first batch": ("a zyzzling film", "good film"), "the second batch": ("a bad plot", "a good cast")},
        right=right,
        mistakes=[
            (lambda *texts: right(*texts) - {1}, why_not_ignored),
            (lambda *texts: set(indices(texts).flatten().tolist()) - {1}, why_not_ignored),
            (
                lambda *texts: set(indices(texts).flatten().tolist()),
                "You count row 0. A pad stands there, and padding_idx=0 throws the gradient of its row away: it stays "
                "zero.",
            ),
            (
                lambda *texts: right(*texts) | {0},
                "You count row 0. No gradient reaches it: padding_idx=0 throws it away, wherever there are pads.",
            ),
            (
                lambda *texts: (right(*texts) - {1}) | {len(vocab)} if missing(texts) else right(*texts),
                why_not_new,
            ),
            (
                lambda *texts: right(*texts) | {1},
                "You count row 1 in both batches. In the second no word is missing, so <unk> does not occur there, and "
                "a row that does not occur gets no gradient.",
            ),
            (
                lambda *texts: right(*texts) | {0, 1},
                "You count the rows of <pad> and <unk> in any case. The gradient of row 0 is thrown away, and row 1 "
                "gets one only where <unk> occurs.",
            ),
            (
                lambda *texts: set(range(len(vocab))),
                "You count all rows. A row gets a gradient only from places where its word stands.",
            ),
            (
                lambda *texts: set(range(1, len(vocab))),
                "You count all rows but that of <pad>. A row gets a gradient only from places where its word stands.",
            ),
            (
                lambda *texts: set(range(len(vocab))) - right(*texts),
                "Those are the rows that get none.",
            ),
        ],
        because="<unk> is an ordinary row and learns where it occurs. <pad> never learns. A missing word has no row.",
        about="Write the indices of the batch, row by row. Which rows occur, and which one does padding_idx shut out?",
    )


@exercise()
def one_step() -> Key:
    """Take one step of SGD on a table of vectors, for a text of one word."""
    State = tuple[Tensor, int, Tensor, float, float, float]

    def error(table: Tensor, index: int, weights: Tensor, bias: float, label: float) -> Tensor:
        return torch.sigmoid(table[index] @ weights + bias) - label

    def moved(table: Tensor, index: int, shift: Tensor) -> Tensor:
        table = table.clone()
        table[index] += shift
        return table

    def right(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
        return moved(table, index, -lr * error(table, index, weights, bias, label) * weights)

    def with_shift(factor: float, with_error: bool = True, along: str = "weights"):
        def wrong(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
            size = error(table, index, weights, bias, label) if with_error else 1
            return moved(table, index, factor * (lr if factor != 0.0 else 0) * size * weights)

        return wrong

    return Key(cases={}, right=right, mistakes=[], because="", about="")
