"""Plots that are too long for a lesson; each returns its axes, with a title and labelled axes."""

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lessons_lib.training import History

# Okabe and Ito's palette, which colour-blind readers can tell apart.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"
LABEL_COLORS = {"neg": RED, "pos": BLUE}


def training_curves(history: History) -> Sequence[Axes]:
    """Plot loss and accuracy a epoch, training against validation, and mark the best epoch."""
    _, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    epochs = range(1, len(history.seconds) + 1)
    for ax, quantity in zip(axes, ("loss", "accuracy"), strict=True):
        ax.plot(epochs, getattr(history, f"train_{quantity}"), marker="o", color=GREY, label="training")
        ax.plot(epochs, getattr(history, f"valid_{quantity}"), marker="o", color=BLUE, label="validation")
        ax.axvline(history.best_epoch + 1, color=ORANGE, linestyle="--", label="best epoch")
        ax.set(title=f"{quantity.capitalize()} by epoch", xlabel="epoch", ylabel=quantity, xticks=epochs)
        ax.legend()
    return axes
