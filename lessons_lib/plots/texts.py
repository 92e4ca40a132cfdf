"""Plots of what a model is given: vocabulary, batches, padding, word vectors."""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from torch import Tensor

from lessons_lib.batches import Batch
from lessons_lib.plots.style import BLUE, GREEN, GREY, ORANGE, RED, name_point


def vocabulary_size(
    min_freqs: Sequence[int], unknown: Sequence[float], rows: Sequence[int], embed_dim: int
) -> Sequence[Axes]:
    """Plot what each ``min_freq`` costs: the share of unknown tokens (0 to 1), and the parameters of an embedding."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    places = range(len(min_freqs))
    bars = axes[0].bar(places, [100 * share for share in unknown], color=ORANGE)
    axes[0].bar_label(bars, fmt="%.1f")
    axes[0].set(title="Unknown tokens in validation reviews", ylabel="share of tokens in %")
    parameters = [count * embed_dim for count in rows]
    bars = axes[1].bar(places, parameters, color=BLUE)
    axes[1].bar_label(bars, [f"{count / 1000:,.0f}k" for count in parameters])
    axes[1].set(title=f"The embedding, {embed_dim} numbers per row", ylabel="parameters", yticks=[])
    for ax in axes:
        ax.margins(y=0.12)
        ax.set(xlabel="min_freq", xticks=places, xticklabels=min_freqs)
    return axes


def batch_pictures(padded: Mapping[str, Batch]) -> Sequence[Axes]:
    """Draw padded batches by name, cell by cell at one scale: tokens dark, pads light, one review a row."""
    _, axes = plt.subplots(1, len(padded), figsize=(9, 3), layout="constrained", sharex=True, sharey=True)
    for ax, (name, batch) in zip(axes, padded.items(), strict=True):
        is_pad = (batch.tokens == 0).numpy()
        ax.imshow(is_pad, cmap=ListedColormap([BLUE, "#E3E3E3"]), aspect="auto", interpolation="nearest")
        ax.set(title=f"A {name} batch: {is_pad.mean():.0%} pads", xlabel="position", ylabel="review")
        ax.set_xlim(-0.5, max(other.tokens.shape[1] for other in padded.values()) - 0.5)
    axes[-1].legend(handles=[Patch(color=BLUE, label="token"), Patch(color="#E3E3E3", label="pad")], loc="upper right")
    return axes


def padding_by_batch_size(sizes: Sequence[int], shares: Mapping[str, Sequence[float]]) -> Axes:
    """Plot the share of pads, 0 to 1, against the batch size, a line for each way of making batches."""
    _, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    for (name, values), color, marker in zip(shares.items(), (ORANGE, BLUE, GREEN), "os^", strict=False):
        ax.plot(range(len(sizes)), values, marker=marker, color=color, label=f"{name} batches")
    ax.set(title="Share of pads by batch size", xlabel="reviews per batch", ylabel="share of pads", ylim=(0, 1))
    ax.set_xticks(range(len(sizes)), sizes)
    ax.legend()
    return ax


def padding_lab(
    states: Tensor, length: int, moved: Sequence[float], cured: Sequence[float], apart: Sequence[float]
) -> Sequence[Axes]:
    """Plot what pads do to a recurrence: some of its states ``[time, hidden]``, and distances by number of pads.

    ``moved`` is the distance of the last state from the one without pads, ``cured`` the same for the state at the
    review's length, ``apart`` the distance between the last states of two reviews.
    """
    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    axes[0].axvspan(length + 0.5, len(states) + 0.5, color="#E3E3E3", label="pads")
    for color, values in zip((BLUE, ORANGE, GREEN, RED, GREY, "black"), states.T, strict=False):
        axes[0].plot(range(1, len(states) + 1), values, marker=".", color=color)
    axes[0].set(title="Six numbers of the state", xlabel="position", ylabel="value")
    axes[0].xaxis.get_major_locator().set_params(integer=True)
    axes[0].legend(loc="upper right")
    axes[1].plot(moved, color=ORANGE, marker="o", markersize=3, label="moved from its own state")
    axes[1].plot(cured, color=GREEN, marker="s", markersize=3, label="the same, read at its length")
    axes[1].plot(apart, color=RED, linestyle="--", label="between two reviews")
    axes[1].set(title="Distances by number of pads", xlabel="pads behind the review", ylabel="distance")
    axes[1].set_ylim(top=1.6 * max(*moved, *cured, *apart))  # room for the legend above the curves
    axes[1].legend(loc="upper right")
    return axes


def vector_paths(
    path: Tensor, words: Sequence[str], losses: Sequence[float], colors: Mapping[str, str]
) -> Sequence[Axes]:
    """Plot how the vectors of words move in the plane while a model is trained, and its loss.

    ``path`` is ``[steps + 1, words, 2]``: an open circle marks each word's start, a full dot its end.
    Words without a color are gray.
    """
    _, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", width_ratios=[1.3, 1])
    for place, word in enumerate(words):
        x, y = path[:, place].T.tolist()
        color = colors.get(word, GREY)
        axes[0].plot(x, y, color=color)
        axes[0].plot(x[0], y[0], marker="o", color=color, fillstyle="none")
        axes[0].plot(x[-1], y[-1], marker="o", color=color)
        below = {"xytext": (0, -7), "va": "top"} if y[-1] < y[0] else {"xytext": (0, 7), "va": "bottom"}
        name_point(axes[0], word, (x[-1], y[-1]), ha="center", color=color, **below)
    axes[0].set(title="Word vectors while training", xlabel="first number", ylabel="second number")
    axes[0].margins(0.2)
    axes[0].set_aspect("equal", adjustable="datalim")
    axes[1].plot(losses, color=GREY)
    axes[1].set(title="Loss", xlabel="step", ylabel="loss", ylim=(0, None))
    return axes


def word_effects(leans: Tensor, effects: Tensor, words: Sequence[str], marked: Sequence[str]) -> Axes:
    """Plot what a trained model takes each word for against how the word leans in the reviews; both are ``[words]``."""
    _, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    ax.scatter(leans, effects, s=6, color=GREY, alpha=0.4, linewidths=0)
    places = [(leans[words.index(word)].item(), effects[words.index(word)].item()) for word in marked]
    width, height = (leans.max() - leans.min()).item(), (effects.max() - effects.min()).item()
    for word, (x, y) in zip(marked, places, strict=True):
        color = BLUE if x > 0.5 else RED if x < -0.5 else "black"
        ax.plot(x, y, marker="o", markersize=5, color=color)
        is_beside = [0 < right - x < width / 6 and abs(other - y) < height / 15 for right, other in places]
        side = {"xytext": (-6, 3), "ha": "right"} if any(is_beside) else {"xytext": (6, 3), "ha": "left"}
        name_point(ax, word, (x, y), color=color, **side)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.margins(0.1)
    ax.set(
        title="Effect in the model against lean in the reviews",
        xlabel="lean: log(positive / negative reviews with the word)",
        ylabel="effect: vector times head",
    )
    return ax
