"""The exercises of lesson 10: pairs with both texts right, the part that needs order, the calibration error."""

from collections.abc import Sequence

import torch
from torch import Tensor

from lessons_lib.checks import Key, exercise


@exercise()
def both_right() -> Key:
    """The share of pairs with both texts on the right side."""

    def right(negative: Tensor, positive: Tensor) -> float:
        return ((negative < 0.5) & (positive >= 0.5)).float().mean().item()

    def accuracy(negative: Tensor, positive: Tensor) -> float:
        return torch.cat([negative < 0.5, positive >= 0.5]).float().mean().item()

    def shares(negative: Tensor, positive: Tensor) -> tuple[float, float]:
        return (negative < 0.5).float().mean().item(), (positive >= 0.5).float().mean().item()

    def in_order(negative: Tensor, positive: Tensor) -> float:
        return (negative < positive).float().mean().item()

    return Key(
        cases={
            "5 pairs": (torch.tensor([0.1, 0.7, 0.2, 0.9, 0.3]), torch.tensor([0.8, 0.9, 0.4, 0.95, 0.5])),
            "8 pairs": (
                torch.tensor([0.6, 0.2, 0.4, 0.1, 0.5, 0.3, 0.45, 0.2]),
                torch.tensor([0.4, 0.9, 0.3, 0.7, 0.6, 0.1, 0.5, 0.7]),
            ),
        },
        right=right,
        mistakes=[
            (
                accuracy,
                lambda negative, positive: (
                    f"{accuracy(negative, positive):.2f} is the accuracy over the {2 * len(negative)} texts. A bag of "
                    f"words gets half of that for nothing. Count a pair only where both of its texts are right."
                ),
            ),
            (
                in_order,
                lambda negative, positive: (
                    f"{in_order(negative, positive):.2f} is the share in order: the positive text has the higher P. "
                    f"With 0.70 and 0.90 a pair is in order, and its negative text is still wrong."
                ),
            ),
            (
                lambda negative, positive: shares(negative, positive)[0] * shares(negative, positive)[1],
                "You multiply the two shares. That holds where the texts of a pair have nothing to do with each other, "
                "and they share nearly all their words. Look at each pair.",
            ),
            (
                lambda negative, positive: min(shares(negative, positive)),
                "You take the smaller of the two shares. Their right answers need not lie in the same pairs.",
            ),
            (
                lambda negative, positive: ((negative < 0.5) | (positive >= 0.5)).float().mean().item(),
                "You count pairs with at least one text right. A model that always says the same gets all of them.",
            ),
            (
                lambda negative, positive: ((negative < 0.5) & (positive > 0.5)).float().mean().item(),
                "Nearly: there is a positive text at exactly 0.5, and 0.5 itself counts as positive.",
            ),
            (
                lambda negative, positive: ((negative <= 0.5) & (positive >= 0.5)).float().mean().item(),
                "Nearly: there is a negative text at exactly 0.5, and 0.5 itself counts as positive.",
            ),
            (
                lambda negative, positive: ((negative >= 0.5) & (positive < 0.5)).float().mean().item(),
                "The other way round: these are the pairs with both texts wrong.",
            ),
            (
                lambda negative, positive: shares(negative, positive)[0],
                "You look at the negative texts alone. The positive one of the same pair has to be right too.",
            ),
            (
                lambda negative, positive: shares(negative, positive)[1],
                "You look at the positive texts alone. The negative one of the same pair has to be right too.",
            ),
            (
                lambda negative, positive: float(((negative < 0.5) & (positive >= 0.5)).sum()),
                lambda negative, positive: f"That is their number. Divide it by the {len(negative)} pairs.",
            ),
            (
                lambda negative, positive: right(negative, positive) / 2,
                lambda negative, positive: (
                    f"You divide by the {2 * len(negative)} texts. A pair counts once: divide by the {len(negative)} "
                    f"pairs."
                ),
            ),
            (
                lambda negative, positive: 1 - right(negative, positive),
                "That is the share of pairs with a text on the wrong side. How many have none?",
            ),
            (
                lambda negative, positive: 100 * right(negative, positive),
                "That is the percentage. Return the share, from 0 to 1.",
            ),
        ],
        because="A pair counts only where the model tells its two texts apart and puts the border between them.",
        about="Return a number from 0 to 1: of all pairs, those with the negative text below 0.5 and the other not.",
        is_function=True,
    )


@exercise()
def part_that_needs_order() -> Key:
    """Of what a model knows beyond a coin, the part that it loses by shuffling."""

    def right(before: float, after: float) -> float:
        return (before - after) / (before - 0.5)

    def points(before: float, after: float) -> str:
        return f"{100 * (before - after):.0f} points are lost"

    return Key(
        cases={"90 % and 80 %": (0.9, 0.8), "80 % and 74 %": (0.8, 0.74)},
        right=right,
        mistakes=[
            (
                lambda before, after: before - after,
                lambda before, after: f"{points(before, after)}. Out of how many above the coin?",
            ),
            (
                lambda before, after: (before - after) / before,
                lambda before, after: (
                    f"You divide by all {100 * before:.0f}, and 50 of these points a coin has too. "
                    f"{points(before, after)} of those above the coin."
                ),
            ),
            (
                lambda before, after: (after - 0.5) / (before - 0.5),
                "That is the part that is left without the order. Which part is lost?",
            ),
            (
                lambda before, after: (before - after) / (after - 0.5),
                "You divide by what is left after the shuffling. Compare with what there was before it.",
            ),
            (
                lambda before, after: (before - after) / (1 - after),
                "You compare accuracies with 100 %. What counts here is the distance from the coin at 50 %.",
            ),
            (
                lambda before, after: 100 * (before - after),
                lambda before, after: f"{points(before, after)}. Out of how many above the coin? Give that as a part.",
            ),
            (
                lambda before, after: after / before,
                "You divide the accuracies themselves, and both hold the 50 points of the coin. And what is asked for "
                "is the part that is lost.",
            ),
            (
                lambda before, after: (after - before) / (before - 0.5),
                "The size is right, the sign is not: a part that is lost is a positive number.",
            ),
            (
                lambda before, after: 100 * right(before, after),
                "That is the percentage. Give the part, a number from 0 to 1.",
            ),
        ],
        because="Measured from the coin, most of what such a model knows is which words there are, not their order.",
        about="Count in points above 50 %: how many there were, how many were lost, and the second by the first.",
    )


@exercise()
def calibration_error() -> Key:
    """The expected calibration error from bins."""

    def right(mean: Sequence[float], positive: Sequence[float], count: Sequence[int]) -> float:
        return sum(n * abs(m - p) for m, p, n in zip(mean, positive, count, strict=True)) / sum(count)

    def unweighted(mean: Sequence[float], positive: Sequence[float], count: Sequence[int]) -> float:
        return sum(abs(m - p) for m, p in zip(mean, positive, strict=True)) / len(count)

    def signed(mean: Sequence[float], positive: Sequence[float], count: Sequence[int]) -> float:
        return sum(n * (m - p) for m, p, n in zip(mean, positive, count, strict=True)) / sum(count)

    return Key(
        cases={
            "3 bins": ([0.1, 0.5, 0.9], [0.3, 0.4, 0.7], [50, 10, 40]),
            "4 bins": ([0.05, 0.3, 0.6, 0.95], [0.1, 0.55, 0.5, 0.8], [300, 20, 40, 240]),
        },
        right=right,
        mistakes=[
            (
                unweighted,
                lambda mean, positive, count: (
                    f"{unweighted(mean, positive, count):.3f} is the mean over the {len(count)} bins, and a bin of "
                    f"{min(count)} reviews counts in it as much as one of {max(count)}."
                ),
            ),
            (
                signed,
                lambda mean, positive, count: (
                    f"{signed(mean, positive, count):.3f}: a bin where the model says too much and one where it says "
                    f"too little cancel. Take each distance without its sign."
                ),
            ),
            (
                lambda mean, positive, count: -signed(mean, positive, count),
                "Bins where the model says too much and bins where it says too little cancel. Take each distance "
                "without its sign.",
            ),
            (
                lambda mean, positive, count: abs(signed(mean, positive, count)),
                "You drop the sign at the end, when too much and too little have cancelled. Drop it in each bin.",
            ),
            (
                lambda mean, positive, count: max(abs(m - p) for m, p in zip(mean, positive, strict=True)),
                "That is the worst bin, the maximum calibration error. The expected one is a mean over all reviews.",
            ),
            (
                lambda mean, positive, count: (
                    sum(n * (m - p) ** 2 for m, p, n in zip(mean, positive, count, strict=True)) / sum(count)
                ),
                "You square the distances. Take them as they are, without their sign.",
            ),
            (
                lambda mean, positive, count: (
                    (sum(n * (m - p) ** 2 for m, p, n in zip(mean, positive, count, strict=True)) / sum(count)) ** 0.5
                ),
                "You square the distances and take the root of their mean. Take them as they are, without their sign.",
            ),
            (
                lambda mean, positive, count: sum(abs(m - p) for m, p in zip(mean, positive, strict=True)),
                "You add up the distances of the bins. Weigh each by its reviews, and divide by all of them.",
            ),
            (
                lambda mean, positive, count: abs(sum(mean) - sum(positive)) / len(count),
                "You compare two means over all bins, and there too much and too little have cancelled. Take the "
                "distance in each bin.",
            ),
            (
                lambda mean, positive, count: count[0] * abs(mean[0] - positive[0]) / sum(count),
                "That is the part of the first bin alone. Does a return stand inside the loop?",
            ),
            (
                lambda mean, positive, count: -right(mean, positive, count),
                "The size is right. A distance has no sign: take it off.",
            ),
            (
                lambda mean, positive, count: 100 * right(mean, positive, count),
                "That is the percentage. Return a number from 0 to 1.",
            ),
            (
                lambda mean, positive, count: right(mean, positive, count) * sum(count),
                lambda mean, positive, count: f"That is a sum over reviews. Divide it by all {sum(count)} of them.",
            ),
            (
                lambda mean, positive, count: right(mean, positive, count) * sum(count) / len(count),
                lambda mean, positive, count: (
                    f"You divide by the {len(count)} bins. The distances are weighted by reviews, so divide by all "
                    f"{sum(count)} reviews."
                ),
            ),
        ],
        because="Each review counts once, with the distance of its bin.",
        about="Return a number from 0 to 1: the distance of mean P and share of positives, averaged over the reviews.",
        is_function=True,
    )
