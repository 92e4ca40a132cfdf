"""The exercise on one step of SGD, for lesson 05."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from lessons_lib.checks import Key, exercise


class Step(NamedTuple):
    """What one step of SGD on the vector of a word is made of."""

    vector: Tensor
    weights: Tensor
    bias: float
    label: float
    lr: float

    @property
    def logit(self) -> Tensor:
        return self.vector @ self.weights + self.bias

    @property
    def slope(self) -> Tensor:
        return torch.sigmoid(self.logit) * (1 - torch.sigmoid(self.logit))

    @property
    def error(self) -> Tensor:
        return torch.sigmoid(self.logit) - self.label


def _moved(change: Callable[[Step], Tensor]) -> Callable[..., Tensor]:
    """Return a function of a table and what makes up a step, which adds the change to the row of the word."""

    def step(table: Tensor, index: int, *rest: Tensor | float) -> Tensor:
        table = table.clone()
        table[index] += change(Step(table[index].clone(), *rest))
        return table

    return step


@exercise()
def one_step() -> Key:
    """Take one step of SGD on a table of vectors, for a text of one word."""

    def right(table: Tensor, index: int, weights: Tensor, bias: float, label: float, lr: float) -> Tensor:
        return _moved(lambda step: -step.lr * step.error * step.weights)(table, index, weights, bias, label, lr)

    def step_everywhere(table: Tensor, index: int, *rest: Tensor | float) -> Tensor:
        return torch.stack([right(table, row, *rest)[row] for row in range(len(table))])

    return Key(
        cases={
            "word 2 of 5, with label 1": (torch.rand(5, 3), 2, torch.rand(3) - 0.5, -0.8, 1.0, 0.3),
            "word 0 of 4, with label 0": (torch.rand(4, 6), 0, torch.rand(6) - 0.5, 0.7, 0.0, 3.0),
        },
        right=right,
        mistakes=[
            (
                _moved(lambda step: step.lr * step.error * step.weights),
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
                step_everywhere,
                lambda table, index, *rest: (
                    f"You take a step for all {len(table)} words. The text holds word {index} alone, and the others "
                    f"were not asked."
                ),
            ),
            (
                _moved(lambda step: -step.lr / 2 * step.error * step.weights),
                "You move the row half as far. The half in the section's formulas comes from the mean over two "
                "sentences, and here is one.",
            ),
            (
                _moved(lambda step: -step.lr * step.error * step.weights - step.vector),
                "You put the change in the place of the vector. The change has to be added to it.",
            ),
            (
                _moved(lambda step: -step.lr * step.error * step.vector),
                "You move the vector along itself. Error times vector is the gradient of the weights. That of the "
                "vector is the error times what the vector is multiplied by.",
            ),
            (
                _moved(lambda step: -step.lr * step.error),
                "You subtract the same number everywhere. The chain rule multiplies the error by the weights that the "
                "vector meets.",
            ),
            (
                _moved(lambda step: -step.lr * step.weights),
                "The error is missing. It says how far the probability is from the label, and on which side.",
            ),
            (
                _moved(lambda step: -step.error * step.weights),
                lambda table, index, weights, bias, label, lr: f"The learning rate, here {lr}, is missing.",
            ),
            (
                _moved(lambda step: -step.lr * (step.logit - step.label) * step.weights),
                "You compare the logit with the label. The error is the probability minus the label, so the sigmoid "
                "comes first.",
            ),
            (
                _moved(lambda step: -step.lr * (step.error + step.label) * step.weights),
                "The label is missing. The error is the probability minus the label.",
            ),
            (
                _moved(lambda step: -step.lr * step._replace(bias=0.0).error * step.weights),
                "The bias is missing in the logit.",
            ),
            (
                _moved(lambda step: -step.lr * step.error * step.slope * step.weights),
                "You multiply by the slope of the sigmoid as well. With cross-entropy it has cancelled: the derivative "
                "with respect to the logit is p - y.",
            ),
            (
                _moved(lambda step: step.error * step.weights - step.vector),
                "You put the gradient in the place of the vector. Subtract it, times the learning rate.",
            ),
            (
                lambda table, index, *rest: right(table, index, *rest) - table,
                "You return how the table changes. The table after the change is asked for.",
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
