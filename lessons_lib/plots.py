"""Plots that are too long for a lesson; each returns its axes, with a title and labelled axes."""

import warnings
from collections.abc import Mapping, Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from torch import Tensor

from lessons_lib.batches import Batch
from lessons_lib.probes import Calibration
from lessons_lib.records import Spread
from lessons_lib.training import History

# Okabe and Ito's palette, which colour-blind readers can tell apart.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"
LABEL_COLORS = {"neg": RED, "pos": BLUE}

# A sign that the font lacks is drawn as a box, which says enough.
warnings.filterwarnings("ignore", message="Glyph ", category=UserWarning)


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
        _name(axes[0], word, (x[-1], y[-1]), ha="center", color=color, **below)
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
        _name(ax, word, (x, y), color=color, **side)
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
    ax.set_xticks(places[::step], [_plain(word) for word in words[::step]], rotation=45, ha="right", parse_math=False)
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
    ax.set_xticks(range(0, len(words), every), map(_plain, words[::every]), rotation=90, fontsize=8, parse_math=False)
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


def _plain(word: str) -> str:
    """Return a word as a plot can show it, whatever its signs; a very long one is cut."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in word[:30])
    return shown + ("…" if len(word) > len(shown) else "")


def _name(ax: Axes, word: str, place: tuple[float, float], **style: object) -> None:
    """Write a word beside a point."""
    label = ax.annotate(_plain(word), place, textcoords="offset points", weight="bold", parse_math=False, **style)
    label.set_path_effects([withStroke(linewidth=3, foreground="white")])
