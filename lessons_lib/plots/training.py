"""Plots of how a model learns, and of how well it did."""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from torch import Tensor

from lessons_lib.plots.style import BLUE, GREEN, GREY, ORANGE, RED
from lessons_lib.records import Spread
from lessons_lib.training import History


def gradient_reach(curves: Mapping[str, Tensor]) -> Axes:
    """Plot how strongly a last state depends on the words before it; each curve is ``[seeds, distance]``.

    The line is the geometric mean over the seeds, the band reaches from the smallest to the largest.
    """
    _, ax = plt.subplots(figsize=(9, 4.2), layout="constrained")
    styles = [(RED, "-"), (RED, "--"), (ORANGE, "-"), (BLUE, "-"), (BLUE, "--"), (BLUE, ":")]
    for (name, curve), (color, line) in zip(curves.items(), styles, strict=False):
        distances = range(curve.shape[1])
        ax.semilogy(curve.log().mean(dim=0).exp(), color=color, linestyle=line, linewidth=2, label=name)
        ax.fill_between(distances, curve.amin(dim=0), curve.amax(dim=0), color=color, alpha=0.2, linewidth=0)
    ax.set(
        title="Gradient by distance, before training",
        xlabel="distance from the last word, in words",
        ylabel="gradient, relative to the last word's",
        ylim=(1e-18, 1e9),
    )
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def training_curves(history: History) -> Sequence[Axes]:
    """Plot loss and accuracy by epoch, training against validation, and mark the best epoch."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    epochs = range(1, len(history.seconds) + 1)
    for ax, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        ax.plot(epochs, getattr(history, f"train_{quantity}"), marker="o", color=GREY, label="training")
        ax.plot(epochs, getattr(history, f"valid_{quantity}"), marker="o", color=BLUE, label="validation")
        ax.axvline(history.best_epoch + 1, color=ORANGE, linestyle="--", label="best epoch")
        ax.set(title=f"{quantity.capitalize()} by epoch", xlabel="epoch", ylabel=quantity, xticks=epochs)
        ax.legend()
    return axes


def accuracy_curves(curves: Mapping[str, Sequence[float]]) -> Axes:
    """Plot the validation accuracies (0 to 1) of up to four models, an entry an epoch, and what a coin would get."""
    _, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
    for (name, values), color, marker in zip(curves.items(), (BLUE, RED, ORANGE, GREEN), "osD^", strict=False):
        epochs = range(1, len(values) + 1)
        ax.plot(epochs, [100 * value for value in values], marker=marker, color=color, label=name)
    ax.axhline(50, color=GREY, linestyle="--", label="a coin")
    ax.set(title="Accuracy by epoch", xlabel="epoch", ylabel="validation accuracy in %", xticks=epochs, ylim=(40, 100))
    ax.legend(loc="upper left")
    return ax


def seed_spreads(spreads: Mapping[str, Spread], ours: float | None = None) -> Axes:
    """Plot the accuracies of each model's seeds and where one more seed is expected; ``ours`` is a run of the first."""
    _, ax = plt.subplots(figsize=(8, 1.6 + 0.6 * len(spreads)), layout="constrained")
    rows = range(len(spreads))
    for row, spread in zip(rows, spreads.values(), strict=True):
        low, high = (100 * end for end in spread.expected)
        ax.barh(row, high - low, left=low, height=0.6, color=GREY, alpha=0.25, label="expected for one more seed")
        seeds = [100 * value for value in spread.values]
        ax.plot(seeds, [row] * len(seeds), "o", color=BLUE, alpha=0.7, label="one recorded seed")
    if ours is not None:
        ax.plot(100 * ours, 0, "D", color=ORANGE, fillstyle="none", markersize=12, markeredgewidth=2, label="ours")
    ax.set(title="Same recipe, other seeds", xlabel="test accuracy in %", ylabel="model")
    ax.set_yticks(rows, spreads)
    ax.set_ylim(len(spreads) - 0.5, -0.5)
    ax.use_sticky_edges = False
    ax.margins(x=0.05)
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    ax.legend(handles.values(), handles, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def ladder(groups: Mapping[str, Mapping[str, Spread]]) -> Axes:
    """Plot accuracies as dots ± a standard deviation, the best on top, in up to three groups with marks of their own.

    The dashed line marks the best of the first group.
    """
    rungs = [(spread, name, group) for group, spreads in groups.items() for name, spread in spreads.items()]
    rungs.sort(key=lambda rung: rung[0].mean)
    _, ax = plt.subplots(figsize=(8, 1 + 0.36 * len(rungs)), layout="constrained")
    for group, color, marker in zip(groups, (ORANGE, GREEN, BLUE), "s^o", strict=False):
        rows = [row for row, rung in enumerate(rungs) if rung[2] == group]
        if not rows:
            continue
        means, deviations = ([100 * getattr(rungs[row][0], name) for row in rows] for name in ("mean", "sd"))
        ax.errorbar(means, rows, xerr=deviations, fmt=marker, color=color, markersize=7, capsize=4, label=group)
    for row, (spread, _, _) in enumerate(rungs):
        ax.text(1.02, row, str(spread), va="center", transform=ax.get_yaxis_transform())
    first, spreads = next(iter(groups.items()))
    best = max(spread.mean for spread in spreads.values())
    ax.axvline(100 * best, color=ORANGE, linestyle="--", zorder=0, label=f"best of the {first}")
    ax.set(title="The ladder", xlabel="test accuracy in %", ylabel="model")
    ax.set_yticks(range(len(rungs)), [name for _, name, _ in rungs])
    ax.grid(axis="y", alpha=0.3)
    ax.legend(loc="upper left")  # the dots run from the lower left to the upper right
    return ax
