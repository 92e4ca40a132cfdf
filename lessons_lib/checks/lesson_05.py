"""The exercises of lesson 05: rows that get a gradient, and the cosine; and from sgd: one step."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from lessons_lib import vocabulary
from lessons_lib.checks import Key, exercise
from lessons_lib.checks.sgd import one_step
from lessons_lib.tokens import tokenize

__all__ = ["cosines", "one_step", "rows_with_gradient"]


@exercise(6)
def rows_with_gradient() -> Key:
    """Which rows of a table get a gradient from a batch with pads and a missing word?"""
    vocab = vocabulary.build(dict.fromkeys(["a", "good", "film", "bad", "plot", "cast"], 1))
    every_row = set(range(len(vocab)))

    def indices(texts: tuple[str, ...]) -> Tensor:
        return pad_sequence([torch.tensor(vocab(tokenize(text))) for text in texts], batch_first=True)

    def right(*texts: str) -> set[int]:
        embedding = nn.Embedding(len(vocab), 4, padding_idx=0)
        embedding(indices(texts)).sum().backward()
        assert embedding.weight.grad is not None
        return set(embedding.weight.grad.any(dim=1).nonzero().flatten().tolist())

    def with_pad(*texts: str) -> set[int]:
        return set(indices(texts).flatten().tolist())

    def missing(texts: tuple[str, ...]) -> str:
        return ", ".join({token for text in texts for token in tokenize(text) if token not in vocab})

    def as_new(rows: set[int]) -> set[int]:
        return rows - {1} | {len(vocab)} if 1 in rows else rows

    def why_not_new(*texts: str) -> str:
        return (
            f"There is no row {len(vocab)}: the rows are 0 to {len(vocab) - 1}, and a lookup outside them raises "
            f"IndexError. The vocabulary sends {missing(texts)} to <unk>, which has a row."
        )

    def why_not_ignored(*texts: str) -> str:
        return (
            f"You leave out row 1. {missing(texts)} has no row of its own, and is read as <unk>. That is an ordinary "
            f"row, not a pad: it gets the gradient of every place where it stands."
        )

    return Key(
        cases={"the first batch": ("a zyzzling film", "good film"), "the second batch": ("a bad plot", "a good cast")},
        right=right,
        mistakes=[
            (lambda *texts: right(*texts) - {1}, why_not_ignored),
            (lambda *texts: with_pad(*texts) - {1}, why_not_ignored),
            (
                with_pad,
                "You count row 0. A pad stands there, and padding_idx=0 throws the gradient of its row away: it stays "
                "zero.",
            ),
            (
                lambda *texts: right(*texts) | {0},
                "You count row 0. No gradient reaches it: padding_idx=0 throws it away, wherever there are pads.",
            ),
            (lambda *texts: as_new(right(*texts)), why_not_new),
            (lambda *texts: as_new(with_pad(*texts)), why_not_new),
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
                lambda *texts: every_row,
                "You count all rows. A row gets a gradient only from places where its word stands.",
            ),
            (
                lambda *texts: every_row - {0},
                "You count all rows but that of <pad>. A row gets a gradient only from places where its word stands.",
            ),
            (lambda *texts: every_row - right(*texts), "Those are the rows that get none."),
            (
                lambda *texts: {row + 1 for row in right(*texts)},
                "You count the rows from 1. The first row, that of <pad>, is row 0.",
            ),
        ],
        because="<unk> is an ordinary row and learns where it occurs. <pad> never learns. A missing word has no row.",
        about="Write the indices of the batch, row by row. Which rows occur, and which one does padding_idx shut out?",
    )


@exercise()
def cosines() -> Key:
    """Compute the cosines between a vector and all rows of a table."""

    def right(vector: Tensor, table: Tensor) -> Tensor:
        return table @ vector / (table.norm(dim=1) * vector.norm())

    def longest(vector: Tensor, table: Tensor) -> int:
        return int(table.norm(dim=1).argmax())

    return Key(
        cases={
            "a table of 5 rows": (torch.rand(3) - 0.5, torch.rand(5, 3) - 0.3),
            "a table of 4 rows": (2 * torch.rand(7), torch.rand(4, 7) - 0.6),
        },
        right=right,
        mistakes=[
            (
                lambda vector, table: table @ vector,
                lambda vector, table: (
                    f"Those are dot products. They grow with the length of a vector: row {longest(vector, table)} is "
                    f"the longest here, and need not be the nearest. Divide by both lengths."
                ),
            ),
            (
                lambda vector, table: (table - vector).norm(dim=1),
                "Those are distances, small for what is near and never below 0. A cosine is 1 for the same direction, "
                "however long the vectors are.",
            ),
            (
                lambda vector, table: ((table - vector) ** 2).sum(dim=1),
                "Those are squared distances, small for what is near. A cosine is 1 for the same direction, however "
                "long the vectors are.",
            ),
            (
                lambda vector, table: table @ vector / vector.norm(),
                "You divide by the length of the vector only. The rows differ in length too.",
            ),
            (
                lambda vector, table: table @ vector / table.norm(dim=1),
                "You divide by the lengths of the rows only. The order is right, but the values are not cosines: "
                "divide by the length of the vector too.",
            ),
            (
                lambda vector, table: table @ vector / table.norm(dim=1) * vector.norm(),
                "You divide by one length and multiply by the other. Brackets around the product of both lengths are "
                "missing.",
            ),
            (
                lambda vector, table: table @ vector / (table.norm() * vector.norm()),
                lambda vector, table: (
                    f"table.norm() is one number for the whole table. Each of the {len(table)} rows has a length of "
                    f"its own."
                ),
            ),
            (
                lambda vector, table: table @ vector / ((table**2).sum(dim=1) * (vector**2).sum()),
                "You divide by the squared lengths. The length is the square root of the sum of squares.",
            ),
            (
                lambda vector, table: table @ vector / (len(table) * len(vector)),
                "len counts: the rows of a table, the numbers of a vector. The length of a vector is its norm, the "
                "square root of the sum of squares.",
            ),
            (
                lambda vector, table: table @ vector / (table.norm(dim=1) + vector.norm()),
                "You divide by the sum of the two lengths. Divide by their product.",
            ),
            (
                lambda vector, table: torch.acos(right(vector, table)),
                "Those are the angles. Their cosines are asked for, what stands inside acos.",
            ),
            (
                lambda vector, table: right(vector, table).abs(),
                "The sign is missing. Vectors that point in opposite directions have the cosine -1.",
            ),
            (lambda vector, table: 1 - right(vector, table), "That is 1 minus the cosine, a distance."),
            (
                lambda vector, table: right(vector, table).sort(descending=True).values,
                "The values are right, but sorted. Leave them in the order of the rows.",
            ),
            (
                lambda vector, table: right(vector, table).argsort(descending=True),
                "Those are the rows in order of their cosine. The cosines themselves are asked for.",
            ),
        ],
        because="Dot products, divided by both lengths: only the direction counts, and every value is from -1 to 1.",
        about="Return one number for each row, [rows], from -1 to 1. The lengths of the vectors must not count.",
        is_function=True,
    )
