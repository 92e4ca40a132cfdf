"""What the plots share: their colors, and how they write a word."""

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

# Okabe and Ito's palette, which color-blind readers can tell apart.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"
LABEL_COLORS = {"neg": RED, "pos": BLUE}


def plain(word: str) -> str:
    """Return a word as a plot can show it, whatever its signs; a very long one is cut."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in word[:30])
    return shown + ("…" if len(word) > len(shown) else "")


def name_point(ax: Axes, word: str, place: tuple[float, float], **style: object) -> None:
    """Write a word beside a point."""
    label = ax.annotate(plain(word), place, textcoords="offset points", weight="bold", parse_math=False, **style)
    label.set_path_effects([withStroke(linewidth=3, foreground="white")])
