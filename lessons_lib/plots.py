"""Plots that are too long for a lesson; each returns its axes, with a title and labelled axes."""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from torch import Tensor

from lessons_lib.batches import Batch
from lessons_lib.records import Spread
from lessons_lib.training import History

# Okabe and Ito's palette, which colour-blind readers can tell apart.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"
LABEL_COLORS = {"neg": RED, "pos": BLUE}


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


def vector_paths(
    path: Tensor, words: Sequence[str], losses: Sequence[float], colors: Mapping[str, str]
) -> Sequence[Axes]:
    """Plot how the vectors of words move in the plane while a model is trained, and its loss.

    ``path`` is ``[steps + 1, words, 2]``: an open circle marks each word's start, a full dot its end.
    Words without a colour are grey.
    """
    _, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained", width_ratios=[1.3, 1])
    for place, word in enumerate(words):
        x, y = path[:, place].T.tolist()
        color = colors.get(word, GREY)
        axes[0].plot(x, y, color=color)
        axes[0].plot(x[0], y[0], marker="o", color=color, fillstyle="none")
        axes[0].plot(x[-1], y[-1], marker="o", color=color)
        below = {"xytext": (0, -7), "va": "top"} if y[-1] < y[0] else {"xytext": (0, 7), "va": "bottom"}
        label = axes[0].annotate(
            word, (x[-1], y[-1]), textcoords="offset points", ha="center", color=color, weight="bold", **below
        )
        label.set_path_effects([withStroke(linewidth=3, foreground="white")])
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
        label = ax.annotate(word, (x, y), textcoords="offset points", color=color, weight="bold", **side)
        label.set_path_effects([withStroke(linewidth=3, foreground="white")])
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.margins(0.1)
    ax.set(
        title="Effect in the model against lean in the reviews",
        xlabel="lean: log(positive / negative reviews with the word)",
        ylabel="effect: vector times head",
    )
    return ax


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
