"""Plots of what a trained model answers, and of what goes on in it."""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from torch import Tensor

from lessons_lib.plots.style import BLUE, GREEN, GREY, LABEL_COLORS, ORANGE, RED, plain
from lessons_lib.probes import Calibration


def running_probability(words: Sequence[str], probabilities: Sequence[float]) -> Axes:
    """Plot P(positive) after each word of a text; ``probabilities`` has an entry for each of them."""
    _, ax = plt.subplots(figsize=(min(14, max(6, 0.45 * len(words))), 3.6), layout="constrained")
    places = range(len(words))
    ax.axhspan(0.5, 1, color=BLUE, alpha=0.08, linewidth=0)
    ax.axhspan(0, 0.5, color=RED, alpha=0.08, linewidth=0)
    ax.plot(places, probabilities, color=GREY)
    ax.scatter(places, probabilities, color=[BLUE if value >= 0.5 else RED for value in probabilities], zorder=2)
    for height, label in ((0.95, "positive"), (0.05, "negative")):
        color = LABEL_COLORS[label[:3]]
        ax.text(1.01, height, label, color=color, transform=ax.get_yaxis_transform(), va="center")
    ax.set(title="P(positive) after each word", xlabel="read up to this word", ylabel="P(positive)", ylim=(-0.03, 1.03))
    step = -(-len(words) // 40)  # more words than that cannot be read side by side
    ax.set_xticks(places[::step], [plain(word) for word in words[::step]], rotation=45, ha="right", parse_math=False)
    return ax


def influence_by_tenth(shares: Tensor) -> Axes:
    """Plot how much each tenth of a review moves the answer, through either reader; ``shares`` is ``[2, 10]``."""
    _, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
    readers = [("forward", BLUE, -0.2), ("backward", ORANGE, 0.2)]
    for row, (name, color, shift) in zip(shares.tolist(), readers, strict=True):
        places = [tenth + shift for tenth in range(1, 11)]
        ax.bar(places, [100 * share for share in row], width=0.4, color=color, label=f"{name} reader")
    ax.set(title="What moves the answer", xlabel="tenth of the review", ylabel="share of the influence in %")
    ax.set_xticks(range(1, 11))
    ax.legend(loc="upper center")
    return ax


def unit_maps(panels: Mapping[str, Tensor], words: Sequence[str], units: Sequence[int]) -> Sequence[Axes]:
    """Draw some units of a recurrence as rows over the words, a heat map for each of the panels, ``[time, hidden]``.

    Panels without a negative number are gates: white is 0, dark is 1. The others are blue above 0 and red below.
    """
    size = (min(14, max(6, 2 + 0.24 * len(words))), 0.8 + (0.5 + 0.19 * len(units)) * len(panels))
    _, axes = plt.subplots(len(panels), 1, figsize=size, layout="constrained", sharex=True, squeeze=False)
    for ax, (name, panel) in zip(axes[:, 0], panels.items(), strict=True):
        shown = panel[:, units].T
        top = shown.abs().max().item()
        colors, low, high = ("Greys", 0, 1) if (panel >= 0).all() else ("RdBu", -top, top)
        image = ax.imshow(shown.numpy(), aspect="auto", interpolation="nearest", cmap=colors, vmin=low, vmax=high)
        ax.figure.colorbar(image, ax=ax, pad=0.01)
        ax.set(title=name, ylabel="unit")
        ax.set_yticks(range(len(units)), units, fontsize=7)
    every = 1 + len(words) // 70  # more words than that cannot be read side by side
    ax.set_xticks(range(0, len(words), every), map(plain, words[::every]), rotation=90, fontsize=8, parse_math=False)
    ax.set_xlabel("word")
    return axes[:, 0]


def pair_answers(answers: Mapping[str, Tensor], title: str) -> Sequence[Axes]:
    """Plot pairs of texts, one that blames and one that praises, by P(positive) of either, ``[pairs, 2]``."""
    _, axes = plt.subplots(1, len(answers), figsize=(4.2 * len(answers), 4.2), layout="constrained", squeeze=False)
    for ax, (name, values) in zip(axes[0], answers.items(), strict=True):
        ax.axhspan(0.5, 1.03, xmax=0.53 / 1.06, color="#E3E3E3", zorder=0)
        ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=0.8)
        ax.scatter(*values.T.tolist(), s=28, color=BLUE, alpha=0.6, linewidths=0)
        ax.set(title=f"{title}: {name}", xlabel="P(positive) of the one that blames", ylabel="P(positive) of the other")
        ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    return axes[0]


def calibration(curves: Mapping[str, Calibration]) -> Axes:
    """Plot how many reviews are positive against how many the model expects, in bins; a larger dot is more reviews."""
    _, ax = plt.subplots(figsize=(5, 4.4), layout="constrained")
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="calibrated")
    for (name, curve), color, marker in zip(curves.items(), (BLUE, ORANGE, GREEN), "os^", strict=False):
        ax.plot(curve.mean, curve.positive, color=color, linewidth=1)
        ax.scatter(curve.mean, curve.positive, s=10 + 400 * curve.count / curve.count.sum(), color=color, marker=marker)
        ax.scatter([], [], color=color, marker=marker, label=name)
    ax.set(title="Calibration", xlabel="mean P(positive) of the bin", ylabel="share of positive reviews")
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    ax.legend()
    return ax
