"""The exercises of lesson 05: rows that get a gradient, one step of SGD, and the cosine."""

from collections.abc import Callable

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

    def error(vector: Tensor, weights: Tensor, bias: float, label: float) -> Tensor:
        return torch.sigmoid(vector @ weights + bias) - label

    def right(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
        table = table.clone()
        table[index] -= lr * error(table[index], weights, bias, label) * weights
        return table

    def moved(shift: Callable[..., Tensor]) -> Callable[..., Tensor]:
        """Return a function that adds a shift of (vector, weights, bias, label, lr) to the row of the word."""

        def step(table: Tensor, index: int, *rest: Tensor | float) -> Tensor:
            table = table.clone()
            table[index] += shift(table[index].clone(), *rest)
            return table

        return step

    return Key(
        cases={
            "word 2 of 5, with label 1": (torch.rand(5, 3), 2, torch.rand(3) - 0.5, 0.1, 1.0, 0.5),
            "word 0 of 4, with label 0": (torch.rand(4, 6), 0, torch.rand(6) - 0.5, -0.3, 0.0, 2.0),
        },
        right=right,
        mistakes=[
            (
                moved(lambda vector, weights, bias, label, lr: lr * error(vector, weights, bias, label) * weights),
                lambda table, index, weights, bias, label, lr: (
                    f"The wrong way: the label is {label:.0f}, and your step takes the probability further from it. "
                    f"A step of SGD subtracts the gradient."
                ),
            ),
            (
                lambda table, index, *rest: table + (right(table, index, *rest) - table)[index],
                lambda table, index, *rest: (
                    f"You move all {len(table)} rows. The text holds word {index} alone, and only the row of a word "
                    f"that occurs gets a gradient."
                ),
            ),
            (
                lambda table, index, weights, bias, label, lr: (
                    table - lr * error(table, weights, bias, label).unsqueeze(1) * weights
                ),
                lambda table, index, *rest: (
                    f"You take a step for all {len(table)} words. The text holds word {index} alone, and the others "
                    f"were not asked."
                ),
            ),
            (
                moved(lambda vector, weights, bias, label, lr: -lr / 2 * error(vector, weights, bias, label) * weights),
                "You move the row half as far. The half in the section's formulas comes from the mean over two "
                "sentences, and here is one.",
            ),
            (
                moved(
                    lambda vector, weights, bias, label, lr: (
                        -lr * error(vector, weights, bias, label) * weights - vector
                    )
                ),
                "You put the change in the place of the vector. The change has to be added to it.",
            ),
            (
                moved(lambda vector, weights, bias, label, lr: -lr * error(vector, weights, bias, label) * vector),
                "You move the vector along itself. Error times vector is the gradient of the weights. That of the "
                "vector is the error times what the vector is multiplied by.",
            ),
            (
                moved(lambda vector, weights, bias, label, lr: -lr * weights),
                "The error is missing. It says how far the probability is from the label, and on which side.",
            ),
            (
                moved(lambda vector, weights, bias, label, lr: -error(vector, weights, bias, label) * weights),
                lambda table, index, weights, bias, label, lr: f"The learning rate, here {lr}, is missing.",
            ),
            (
                moved(lambda vector, weights, bias, label, lr: -lr * (vector @ weights + bias - label) * weights),
                "You compare the logit with the label. The error is the probability minus the label, so the sigmoid "
                "comes first.",
            ),
            (
                moved(
                    lambda vector, weights, bias, label, lr: -lr * error(vector, weights, 0.0, label) * weights,
                ),
                "The bias is missing in the logit.",
            ),
            (
                moved(
                    lambda vector, weights, bias, label, lr: (
                        -lr
                        * error(vector, weights, bias, label)
                        * torch.sigmoid(vector @ weights + bias)
                        * (1 - torch.sigmoid(vector @ weights + bias))
                        * weights
                    )
                ),
                "You multiply by the slope of the sigmoid as well. With cross-entropy it has cancelled: the derivative "
                "with respect to the logit is p - y.",
            ),
            (
                moved(lambda vector, weights, bias, label, lr: error(vector, weights, bias, label) * weights - vector),
                "You put the gradient in the place of the vector. Subtract it, times the learning rate.",
            ),
            (
                lambda table, index, *rest: right(table, index, *rest)[index],
                lambda table, index, *rest: (
                    f"You return row {index} alone. The whole table of {len(table)} rows is asked for."
                ),
            ),
            (
                lambda table, *rest: table,
                "Nothing has moved. Does your function return the table that it has changed?",
            ),
        ],
        because="One row moves, along the weights, and the more, the further the probability is from the label.",
        about="Return the table, [words, embed]: one row has moved, by the learning rate times its gradient.",
        is_function=True,
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
