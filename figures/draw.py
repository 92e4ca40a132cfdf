"""Draw the figures of the course: ``python figures/draw.py [name ...]`` writes ``figures/NAME.png``.

All lengths are in units of a hundredth of the figure's width, with y upwards. What a color means is the same
everywhere: blue is a hidden state (in two directions, the forward one), orange a cell state (the backward one), green
what is read, picked or let through, red what goes wrong, and gray with stripes is padding.
"""

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, HPacker, TextArea
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path as Line
from PIL import Image

from lessons_lib.batches import padding_share
from lessons_lib.plots import BLUE, GREEN, GREY, ORANGE, RED
from lessons_lib.tokens import tokenize
from lessons_lib.vocabulary import build, imdb_counts

FOLDER = Path(__file__).resolve().parent
INK, MUTED, FAINT, PAPER = "#222222", "#5A5A5A", "#C9C9C9", "#FEFEFC"
INKS = {GREEN: "#00704F", RED: "#B04700", ORANGE: "#8F5E00", BLUE: "#005F96"}  # darker, for letters
TITLE, BODY, SMALL = 18, 15, 13.2
WIDTH_INCHES, DPI = 10, 150
MIDDLE = 0.05  # from the baseline to the middle of the letters, in units a point of size
STYLE = {
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "hatch.linewidth": 1.2,
}
VOCABULARY = build(imdb_counts())
BUCKETED = "62 18 95 30 24 41 12 73 34 20 27 55 15 100 22 38 29 47 17 33 84 25 21 44"
Point = tuple[float, float]


def ids(text: str) -> list[str]:
    """Return the indices of a text's tokens in the vocabulary of IMDb, to be written into cells."""
    return [str(index) for index in VOCABULARY(tokenize(text))]


def tint(color: str, strength: float = 0.18) -> str:
    """Return a color mixed with white; strength 1 is the color itself."""
    return to_hex([1 - strength * (1 - part) for part in to_rgb(color)])


def canvas(height: float, title: str) -> Axes:
    """Return axes that fill a figure, light on any page, 100 wide, with a title at the top."""
    figure = Figure(figsize=(WIDTH_INCHES, WIDTH_INCHES * height / 100), dpi=DPI)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 100), ylim=(0, height))
    ax.axis("off")
    ax.add_patch(Rectangle((0, 0), 100, height, facecolor=PAPER, edgecolor=FAINT, linewidth=2))
    label(ax, 4, height - 4.6, title, size=TITLE, weight="bold", ha="left")
    return ax


def label(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    size: float = BODY,
    color: str = INK,
    ha: str = "center",
    weight: str = "normal",
) -> None:
    """Write one line, vertically centred on y; what stands between backticks is set as code."""
    color = INKS.get(color, color)
    if "`" not in text:
        ax.text(x, y - MIDDLE * size, text, size=size, color=color, ha=ha, va="baseline", weight=weight)
        return
    pieces = []
    for number, piece in enumerate(text.split("`")):
        if piece:
            family = "DejaVu Sans Mono" if number % 2 else "DejaVu Sans"
            style = {"size": size, "color": color, "family": family, "weight": weight}
            pieces.append(TextArea(piece, textprops=style))
    line = HPacker(children=pieces, align="baseline", pad=0, sep=0)
    line.set_figure(ax.figure)
    extent = line.get_bbox(FigureCanvasAgg(ax.figure).get_renderer())
    place = ({"left": 0.0, "center": 0.5, "right": 1.0}[ha], -extent.y0 / extent.height)
    base = y - MIDDLE * size
    ax.add_artist(AnnotationBbox(line, (x, base), frameon=False, pad=0, box_alignment=place, zorder=5))


def box(
    ax: Axes,
    x: float,
    y: float,
    w: float,
    h: float,
    text: str = "",
    color: str = GREY,
    fill: str | None = None,
    size: float = BODY,
    rounding: float = 0.8,
    width: float = 2,
    ink: str = INK,
) -> None:
    """Draw a box with round corners, centred on (x, y), with its text in the middle."""
    style = f"round,pad=0,rounding_size={rounding}"
    corner = (x - w / 2, y - h / 2)
    face = tint(color) if fill is None else fill
    ax.add_patch(
        FancyBboxPatch(corner, w, h, boxstyle=style, facecolor=face, edgecolor=color, linewidth=width)
    )
    if text:
        label(ax, x, y, text, size=size, color=ink)


def outline(ax: Axes, x: float, y: float, w: float, h: float, color: str = GREEN) -> None:
    """Frame what lies around (x, y) with a strong line and no fill."""
    box(ax, x, y, w, h, color=color, fill="none", width=4, rounding=0.5)


def cells(
    ax: Axes,
    x: float,
    y: float,
    w: float,
    h: float,
    texts: Sequence[str],
    color: str = BLUE,
    size: float = SMALL,
    strength: float = 0.18,
) -> None:
    """Draw a row of cells from left to right; (x, y) is the middle of the left edge."""
    for number, text in enumerate(texts):
        left = x + number * w
        face = tint(color, strength)
        ax.add_patch(Rectangle((left, y - h / 2), w, h, facecolor=face, edgecolor=color, linewidth=1.6))
        if text:
            label(ax, left + w / 2, y, text, size=size)


def pads(ax: Axes, x: float, y: float, w: float, h: float, text: str = "") -> None:
    """Draw one striped area; (x, y) is the middle of its left edge."""
    place = (x, y - h / 2)
    ax.add_patch(Rectangle(place, w, h, facecolor="#EFEFEF", edgecolor="#C4C4C4", hatch="//", linewidth=0))
    ax.add_patch(Rectangle(place, w, h, facecolor="none", edgecolor="#A8A8A8", linewidth=1.6))
    if text:
        box(ax, x + w / 2, y, 2.6, 3.2, text, color="#EFEFEF", fill="#EFEFEF", size=SMALL, width=0, ink=MUTED)


def arrow(ax: Axes, *points: Point, color: str = INK, width: float = 2, head: bool = True) -> None:
    """Draw straight lines through the points, with a head at the last one."""
    tip = FancyArrowPatch(
        path=Line(points),
        arrowstyle="-|>,head_length=0.55,head_width=0.26" if head else "-",
        mutation_scale=16 + 2 * width,
        color=color,
        linewidth=width,
        joinstyle="round",
        capstyle="butt",
        shrinkA=0,
        shrinkB=0,
    )
    ax.add_patch(tip)


def dot(ax: Axes, x: float, y: float, text: str = "") -> None:
    """Draw an operation as a circle with its sign, or, without a sign, a small full dot where a line branches."""
    if not text:
        ax.add_patch(Circle((x, y), 0.55, color=INK))
        return
    ax.add_patch(Circle((x, y), 1.9, facecolor=PAPER, edgecolor=INK, linewidth=2.2, zorder=3))
    ax.text(x, y, text, size=BODY + 3, ha="center", va="center_baseline", color=INK, zorder=4)


def course_pipeline() -> Figure:
    """What happens to a review, and which lesson treats it."""
    ax = canvas(78, "From the archive to a result: the way of one review")
    w, columns, rows = 20.8, (13.4, 37.8, 62.2, 86.6), ((54.5, 26), (18.5, 30))

    def badge(x: float, y: float, text: str, color: str) -> None:
        box(ax, x, y, 4.4, 3.3, color=color, fill=color, rounding=1.1)
        label(ax, x, y, text, size=SMALL, color="#FFFFFF", weight="bold")

    def card(column: int, row: int, name: str, color: str, lesson: str = "") -> Point:
        x, (y, h) = columns[column], rows[row]
        left, up = x - w / 2 + 1.6, y + h / 2 - 3.2
        box(ax, x, y, w, h, color=color, fill="#FFFFFF", rounding=1)
        label(ax, left, up, name, ha="left", weight="bold")
        if lesson:
            badge(x + w / 2 - 3.4, up, lesson, color)
        return left, up

    def note(left: float, up: float, *lines: str) -> None:
        for number, line in enumerate(lines, start=1):
            label(ax, left, up - 0.9 - 3.9 * number, line, size=SMALL, ha="left", color=MUTED)

    def example(column: int, row: int, color: str, *lines: str, room: int = 3) -> None:
        x, (y, h) = columns[column], rows[row]
        height, face = 3.9 * room + 1.4, tint(color)
        middle = y - h / 2 + 1.5 + height / 2
        box(ax, x, middle, w - 2.8, height, color=face, fill=face, rounding=0.6, width=0)
        for number, line in enumerate(lines):
            shift = 3.9 * ((len(lines) - 1) / 2 - number)
            label(ax, x - w / 2 + 2.2, middle + shift, line, size=SMALL, ha="left")

    note(*card(0, 0, "archive", BLUE, "01"), "one file per review")
    example(0, 0, BLUE, "`aclImdb/train/`", "`pos/12_8.txt`")
    note(*card(1, 0, "reviews", BLUE, "01"), "label and text")
    example(1, 0, BLUE, '`("pos",`', '`"Great movie!")`')
    note(*card(2, 0, "tokens", BLUE, "02"), "lowercase words")
    example(2, 0, BLUE, '`["great",`', '`"movie"]`')
    note(*card(3, 0, "vocabulary", BLUE, "03"), "a number each")
    example(3, 0, BLUE, "`great → 85`", "`movie → 18`", "`[85, 18]`")

    left, up = card(0, 1, "batches", BLUE, "04")
    note(left, up, "padded rows")
    for number, review in enumerate(("great movie", "this is not good")):
        y = up - 11.2 - 4.8 * number
        cells(ax, left, y, 4.4, 4.8, ids(review))
        for place in range(len(tokenize(review)), 4):
            pads(ax, left + 4.4 * place, y, 4.4, 4.8, "0")
    label(ax, left, up - 22.3, "`lengths [2, 4]`", size=SMALL, ha="left")

    left, up = card(1, 1, "model", GREEN)
    for number, part in enumerate(("embeddings", "RNN shapes", "LSTM", "two directions")):
        badge(left + 2.1, up - 4.4 - 4 * number, f"0{5 + number}", GREEN)
        label(ax, left + 5.2, up - 4.4 - 4 * number, part, size=SMALL, ha="left")
    example(1, 1, GREEN, "P(positive) = 0.93", room=1)

    note(*card(2, 1, "training", GREEN, "07"), "measure the loss,", "move the weights")
    example(2, 1, GREEN, "label = 1", r"loss = $-\ln\,0.93$", r"loss $\approx$ 0.07")

    left, up = card(3, 1, "results", MUTED)
    for number, part in enumerate(("compare", "look inside")):
        badge(left + 2.1, up - 4.4 - 4 * number, ("09", "10")[number], MUTED)
        label(ax, left + 5.2, up - 4.4 - 4 * number, part, size=SMALL, ha="left")
    example(3, 1, MUTED, "accuracy:", "mean ± sd", "over 5 seeds")

    for y, _ in rows:
        for before, after in pairwise(columns):
            arrow(ax, (before + w / 2 + 0.4, y), (after - w / 2 - 0.3, y))
    (top, top_height), (bottom, bottom_height) = rows
    start, end = top - top_height / 2 - 0.4, bottom + bottom_height / 2 + 0.3
    turn = (start + end) / 2
    arrow(ax, (columns[3], start), (columns[3], turn), (columns[0], turn), (columns[0], end))
    return ax.figure


def padding_and_lengths() -> Figure:
    """Four reviews of unequal length as one rectangle of tokens."""
    ax = canvas(67, "A batch is a rectangle: short reviews are filled with pads")
    reviews = (
        "great movie",
        "this is not a good movie",
        "the plot was dull",
        "i loved it but it was too long",
    )
    w, h, x, top = 9.1, 7.6, 13.3, 50
    lengths = [len(tokenize(review)) for review in reviews]
    time = max(lengths)
    cut = sum(length < time for length in lengths)
    label(ax, x, top + 6.3, f"`tokens`, shape `[batch, time]` = `[{len(reviews)}, {time}]`", ha="left")
    label(ax, 92, top + 6.3, "`lengths`")
    for row, (review, length) in enumerate(zip(reviews, lengths, strict=True)):
        y = top - row * (h + 0.9)
        label(ax, x - 1.3, y, f"review {row}", ha="right")
        cells(ax, x, y, w, h, [""] * length)
        for step, (token, index) in enumerate(zip(tokenize(review), ids(review), strict=True)):
            label(ax, x + (step + 0.5) * w, y + 1.6, token, size=SMALL)
            label(ax, x + (step + 0.5) * w, y - 1.8, index, size=SMALL, color=MUTED)
        for step in range(length, time):
            pads(ax, x + step * w, y, w, h, "0")
        outline(ax, x + (length - 0.5) * w, y, w, h)
        cells(ax, 89, y, 6, h, [str(length)], color=GREEN, size=BODY)
    y = top - 3 * (h + 0.9) - h / 2 - 2.5
    for step in range(time):
        label(ax, x + (step + 0.5) * w, y, str(step), size=SMALL, color=MUTED)
    label(ax, x - 1.3, y, "position", size=SMALL, color=MUTED, ha="right")
    right = x + time * w
    left, down = right - w, y - 3.2
    arrow(ax, (left, y - 2), (left, down), (right, down), (right, y - 2), color=RED, head=False)
    middle = (left + right) / 2
    arrow(ax, (middle, down), (middle, down - 2.4), (left, down - 2.4), color=RED, head=False)
    warning = f"`tokens[:, -1]` is a pad in {cut} of {len(reviews)} rows"
    label(ax, left - 1, down - 2.4, warning, color=RED, ha="right")
    outline(ax, x + 1.8, 5.7, 3.4, 3)
    label(ax, x + 5, 5.7, "last real token, at `lengths - 1`", ha="left")
    pads(ax, x + 43.8, 5.7, 3.4, 3)
    share = f"{len(reviews) * time - sum(lengths)} of {len(reviews) * time} cells"
    label(ax, x + 48.5, 5.7, f"pad, index 0: {share}", ha="left")
    return ax.figure


def bucketing() -> Figure:
    """The same reviews batched at random and batched by length."""
    ax = canvas(74, "The same 24 reviews in six batches, twice")
    lengths = [int(length) for length in BUCKETED.split()]
    ordered = sorted(range(len(lengths)), key=lengths.__getitem__)
    sides = (
        (5, "at random", list(range(len(lengths))), RED),
        (53, "bucketed by length", ordered, GREEN),
    )
    unit, thick = 0.42, 1.75
    for x, name, order, color in sides:
        batches = [order[start : start + 4] for start in range(0, len(order), 4)]
        share = f"{padding_share(lengths, batches):.0%} pads"
        label(ax, x, 62.8, name, ha="left")
        label(ax, x + 42, 62.8, share, size=TITLE, ha="right", weight="bold", color=color)
        for number, batch in enumerate(batches):
            longest = max(lengths[index] for index in batch)
            for row, index in enumerate(batch):
                y = 57.8 - 8.6 * number - thick * row
                pads(ax, x, y, longest * unit, thick)
                cells(ax, x, y, lengths[index] * unit, thick, [""], strength=0.75)
    cells(ax, 5, 5, 4, 2.2, [""], strength=0.75)
    label(ax, 10.3, 5, "tokens", ha="left")
    pads(ax, 22, 5, 4, 2.2)
    label(ax, 27.3, 5, "pads", ha="left")
    label(ax, 53, 5, "then the batches are shuffled", ha="left")
    return ax.figure


def embedding_lookup() -> Figure:
    """One row of ones and zeros, times the weight matrix, is one row of the matrix."""
    ax = canvas(67, "A lookup is a matrix product that nobody has to compute")
    words = ("<pad>", "<unk>", "movie", "good", "bad", "great")
    table = (
        (0.0, 0.0, 0.0),
        (0.70, -0.83, -0.47),
        (-0.32, 2.24, 0.56),
        (0.09, -0.35, 0.91),
        (-0.46, 0.30, 0.70),
        (-0.71, -0.30, 0.84),
    )
    rows = [[f"{value:.2f}".replace("-", "\N{MINUS SIGN}") for value in row] for row in table]
    chosen, h, w, top, x = 3, 5.2, 8, 50, 43.5
    y = top - chosen * h
    for index in sorted(range(len(words)), key=chosen.__eq__):  # the chosen one last: its frame lies on top
        color, strength = (GREEN, 0.35) if index == chosen else (GREY, 0.18)
        cells(ax, 4 + 4 * index, y, 4, h, [str(int(index == chosen))], color=color, strength=strength)
        label(ax, 6 + 4 * index, y + 4.6, str(index), size=SMALL, color=MUTED)
    label(ax, 16, y + 9.2, "one-hot row of “good”")
    label(ax, 16, y - 5.2, "`[1, 6]`", color=MUTED)
    label(ax, 30.6, y, r"$\times$", size=TITLE + 4)
    label(ax, x + 1.5 * w, top + 5.2, "`embedding.weight`")
    for index, (word, row) in enumerate(zip(words, rows, strict=True)):
        if index != chosen:
            cells(ax, x, top - index * h, w, h, row, strength=0.12)
        label(ax, x - 1.2, top - index * h, f"`{word} {index}`", size=SMALL, ha="right", color=MUTED)
    cells(ax, x, y, w, h, rows[chosen], color=GREEN, strength=0.35)
    label(ax, x + 1.5 * w, top - 6 * h - 0.2, "`[6, 3]`", color=MUTED)
    label(ax, 69.9, y, "=", size=TITLE + 4)
    cells(ax, 72.3, y, w, h, rows[chosen], color=GREEN, strength=0.35)
    label(ax, 72.3 + 1.5 * w, y + 5.2, "row 3")
    label(ax, 72.3 + 1.5 * w, y - 5.2, "`[1, 3]`", color=MUTED)
    label(ax, 50, 11, "Every row is multiplied by 0 except row 3, which is multiplied by 1.")
    label(ax, 50, 6, "So `nn.Embedding` multiplies nothing: it copies row 3.")
    return ax.figure


def unrolled_rnn() -> Figure:
    """One layer, four steps: what output is and what hidden is."""
    ax = canvas(84, "One layer, four steps: what is `output`, what is `hidden`?")
    xs, y, up, edge = (17, 33, 49, 65), 39, 58.5, 97
    words = ("this", "is", "great", "fun")
    box(ax, 41, up, 62, 9, color=BLUE, fill=tint(BLUE, 0.07), rounding=1.2)
    for step, (x, word) in enumerate(zip(xs, words, strict=True), start=1):
        box(ax, x, y, 10, 8.5, "RNN", color=INK, fill="#FFFFFF")
        box(ax, x, 25, 10, 5.6, f"$x_{step}$", color=GREY)
        label(ax, x, 19.7, word, color=MUTED)
        arrow(ax, (x, 28), (x, y - 4.4))
        arrow(ax, (x, y + 4.4), (x, up - 4.6), color=BLUE)
        box(ax, x, up, 10, 5.6, f"$h_{step}$", color=BLUE, fill=tint(BLUE, 0.3))
        label(ax, x, up + 7, f"`output[:, {step - 1}]`", size=SMALL, color=BLUE)
        arrow(ax, (x - 10.9, y), (x - 5.2, y), color=BLUE, width=3)
    label(ax, 6.2, y + 3, "$h_0 = 0$", size=SMALL)
    label(ax, xs[0] - 7, up + 13, "`output`: every state,  `[batch, time, hidden]`", ha="left", color=BLUE)
    arrow(ax, (70.1, y), (82.6, y), color=BLUE, width=3)
    box(ax, 88, y, 10, 5.6, "$h_4$", color=GREEN, fill=tint(GREEN, 0.3), width=4)
    label(ax, 88, y + 6, "`hidden[-1]`", size=SMALL, color=GREEN)
    label(ax, edge, y - 7, "`hidden`: the last state", ha="right", color=GREEN)
    label(ax, edge, y - 11.3, "`[layers, batch, hidden]`", size=SMALL, ha="right", color=GREEN)
    formula = r"$h_t = \tanh(W_{ih}\,x_t + b_{ih} + W_{hh}\,h_{t-1} + b_{hh})$"
    label(ax, 50, 11.8, f"{formula}   with the same weights at every step")
    label(ax, 50, 5.6, "One direction and no pads: `output[:, -1]` and `hidden[-1]` are equal.")
    return ax.figure


def many_to_one() -> Figure:
    """A review goes in and one probability comes out."""
    ax = canvas(76, "Many to one: the head sees the last state only")
    xs, y, head = (9.5, 23.5, 37.5, 51.5, 65.5), 32, 86
    words = ("great", "idea", "but", "awful", "movie")
    for step, (x, word) in enumerate(zip(xs, words, strict=True), start=1):
        label(ax, x, 7, word)
        arrow(ax, (x, 9.4), (x, 15.8))
        cells(ax, x - 4.4, 17.8, 2.2, 3.6, [""] * 4, color=GREY)
        arrow(ax, (x, 19.9), (x, y - 4.1))
        box(ax, x, y, 9.6, 7.8, "LSTM", color=INK, fill="#FFFFFF")
        if step < len(words):
            arrow(ax, (x + 4.9, y), (x + 9, y), color=BLUE, width=3)
            arrow(ax, (x, y + 4.1), (x, y + 8.8), color=FAINT)
            box(ax, x, y + 11.9, 8, 5.6, f"$h_{step}$", color=FAINT, fill="#FFFFFF", ink=MUTED)
    label(ax, xs[0] - 4.8, y + 23, "the head reads none of $h_1$ to $h_4$:", ha="left", color=MUTED)
    label(ax, xs[0] - 4.8, y + 18.7, "what counts must be carried on to $h_5$", ha="left", color=MUTED)
    arrow(ax, (xs[4] + 4.9, y), (head - 5.4, y), color=BLUE, width=3)
    box(ax, head, y, 10, 5.6, "$h_5$", color=GREEN, fill=tint(GREEN, 0.3), width=4)
    places = (y, y + 11.5, y + 20.1, y + 28.7)
    box(ax, head, places[2], 21.8, 24.8, color=tint(GREEN, 0.4), fill=tint(GREEN, 0.07), rounding=1.2)
    label(ax, head, places[3] + 5.8, "the head", color=GREEN)
    for (below, above), size in zip(pairwise(places), ("64", "64", "1"), strict=True):
        arrow(ax, (head, below + 2.9), (head, above - 2.8), color=GREEN)
        label(ax, head + 1.5, below + (5.2 if below == y else 4.5), size, size=SMALL, ha="left", color=MUTED)
    for place, text in zip(places[1:], ("Linear, ReLU", "Linear", "sigmoid"), strict=True):
        box(ax, head, place, 19, 5, text, color=GREEN, fill="#FFFFFF")
    arrow(ax, (head - 9.6, places[3]), (head - 15, places[3]), color=GREEN)
    label(ax, head - 16.3, places[3], "P(positive) = 0.08", ha="right", weight="bold")
    label(ax, xs[4] + 7, 7, "tokens", ha="left", color=MUTED)
    label(ax, xs[4] + 7, 17.8, "embedding of 20", ha="left", color=MUTED)
    return ax.figure


def lstm_cell() -> Figure:
    """The gates of an LSTM, the way of the cell state, and the equations."""
    ax = canvas(72, "The LSTM cell: a conveyor and three gates")
    belt, middle, low, gate, bus = 53, 40.5, 36.5, 29.5, 19.5
    f, i, plus, g, o, out = 16, 25, 29.5, 34, 43, 51
    box(ax, 32.2, 37, 47.4, 47, color=FAINT, fill="#F6F6F4", rounding=1.6)
    arrow(ax, (6.4, belt), (60, belt), color=ORANGE, width=7)
    arrow(ax, (6.4, bus), (11.5, bus), color=BLUE, width=3, head=False)
    arrow(ax, (11.5, bus), (o, bus), (o, gate - 4.2))
    arrow(ax, (11.5, 9.4), (11.5, bus), head=False)
    dot(ax, 11.5, bus)
    for x in (f, i, g):
        arrow(ax, (x, bus), (x, gate - 4.2))
        dot(ax, x, bus)
    arrow(ax, (f, gate + 4), (f, belt - 2.1), color=GREEN)
    arrow(ax, (i, gate + 4), (i, middle), (plus - 2, middle), color=GREEN)
    arrow(ax, (g, gate + 4), (g, middle), (plus + 2, middle), color=ORANGE)
    arrow(ax, (plus, middle + 2), (plus, belt - 2.1), color=ORANGE)
    arrow(ax, (o, gate + 4), (o, low), (out - 2, low), color=GREEN)
    arrow(ax, (out, belt), (out, low + 2.1), color=ORANGE)
    dot(ax, out, belt)
    arrow(ax, (out, low - 2), (out, bus), (60, bus), color=BLUE, width=3)
    for x, y, sign in (
        (f, belt, r"$\times$"),
        (plus, belt, "$+$"),
        (plus, middle, r"$\times$"),
        (out, low, r"$\times$"),
    ):
        dot(ax, x, y, sign)
    for x, name in ((f, "f"), (i, "i"), (g, "g"), (o, "o")):
        color = ORANGE if name == "g" else GREEN
        box(ax, x, gate, 7, 8, color=color, fill=tint(color, 0.25))
        label(ax, x, gate + 1.8, f"${name}_t$")
        label(ax, x, gate - 1.8, "tanh" if name == "g" else r"$\sigma$", size=SMALL)
    box(ax, out, 45.2, 7, 4, "tanh", color=ORANGE, fill=tint(ORANGE, 0.25), size=SMALL)
    label(ax, (plus + out) / 2, belt + 3.8, "cell state", size=SMALL, color=ORANGE)
    label(ax, 5.8, belt, "$c_{t-1}$", ha="right")
    label(ax, 5.8, bus, "$h_{t-1}$", ha="right")
    label(ax, 11.5, 7.2, "$x_t$")
    label(ax, 60.6, belt, "$c_t$", ha="left")
    label(ax, 60.6, bus, "$h_t$", ha="left")
    label(ax, 19, 9, r"$\sigma$: from 0 to 1,  tanh: from $-$1 to 1", size=SMALL, ha="left", color=MUTED)
    label(ax, 19, 5, r"$\times$ and $\odot$: element by element", size=SMALL, ha="left", color=MUTED)
    equations = (
        (GREEN, r"$f_t = \sigma(W_f\,x_t + U_f\,h_{t-1} + b_f)$", "forget gate: how much stays"),
        (GREEN, r"$i_t = \sigma(W_i\,x_t + U_i\,h_{t-1} + b_i)$", "input gate: how much enters"),
        (ORANGE, r"$g_t = \tanh(W_g\,x_t + U_g\,h_{t-1} + b_g)$", "candidate: what may enter"),
        (GREEN, r"$o_t = \sigma(W_o\,x_t + U_o\,h_{t-1} + b_o)$", "output gate: how much shows"),
        (ORANGE, r"$c_t = f_t \odot c_{t-1} + i_t \odot g_t$", "cell state: keep and add"),
        (BLUE, r"$h_t = o_t \odot \tanh(c_t)$", "hidden state: what is shown"),
    )
    for number, (color, equation, meaning) in enumerate(equations):
        y = 60.4 - 9.4 * number
        box(ax, 66.3, y - 1.9, 0.7, 6.8, color=color, fill=color, rounding=0.3, width=0)
        label(ax, 67.8, y, equation, size=SMALL + 0.8, ha="left")
        label(ax, 67.8, y - 3.8, meaning, size=SMALL, ha="left", color=MUTED)
    return ax.figure


def bidirectional() -> Figure:
    """Two layers, two directions, and where the last states stand."""
    ax = canvas(97.5, "Two layers, two directions: where are the last states?")
    xs, half, w, h = (22, 38, 54, 70), 3.75, 7, 5.4
    left, right, joined, fork, out = 12.8, 79.2, 42.5, 46.6, 72
    layers = ((26.5, 34.5), (53, 61))
    for forward, backward in layers:
        box(ax, 46, (forward + backward) / 2, 65, 15.6, color=FAINT, fill="#F4F4F2", rounding=1.2)
    for column, x in enumerate(xs):
        box(ax, x, 15, 2 * w + 0.5, 5, f"$x_{column + 1}$", color=GREY)
        for below, (forward, backward), above in (
            (17.6, layers[0], joined - 1.8),
            (fork, layers[1], out - 2.9),
        ):
            for place, y in ((x - half, forward), (x + half, backward)):
                arrow(ax, (place, below), (place, y - h / 2 - 0.2), color=MUTED, width=1.6)
                arrow(ax, (place, y + h / 2), (place, above), color=MUTED, width=1.6)
        arrow(ax, (x, joined + 1.8), (x, fork), color=MUTED, width=1.6, head=False)
        arrow(ax, (x - half, fork), (x + half, fork), color=MUTED, width=1.6, head=False)
        for y, height, texts in ((joined, 3.4, ("", "")), (out, 5.4, (str(column + 1), str(4 - column)))):
            cells(ax, x - w, y, w, height, texts[:1], strength=0.3, size=BODY)
            cells(ax, x, y, w, height, texts[1:], color=ORANGE, strength=0.4, size=BODY)
    for name, (forward, backward) in zip(("layer 0", "layer 1"), layers, strict=True):
        ends = GREEN if forward == layers[-1][0] else MUTED
        arrow(ax, (xs[3] - half, forward), (right - 0.6, forward), color=ends, width=3)
        arrow(ax, (xs[0] + half, backward), (left + 0.6, backward), color=ends, width=3)
        for x, after in pairwise(xs):
            start, end = x - half, after - half - w / 2 - 0.2
            arrow(ax, (start, forward), (end, forward), color=BLUE, width=3)
            start, end = after + half, x + half + w / 2 + 0.2
            arrow(ax, (start, backward), (end, backward), color=ORANGE, width=3)
        for column, x in enumerate(xs):
            box(ax, x - half, forward, w, h, str(column + 1), color=BLUE, fill=tint(BLUE, 0.3))
            box(ax, x + half, backward, w, h, str(4 - column), color=ORANGE, fill=tint(ORANGE, 0.4))
        label(ax, left, forward, "forward →", size=SMALL, ha="right", color=BLUE)
        label(ax, right, backward, "← backward", size=SMALL, ha="left", color=ORANGE)
        label(ax, 97.5, (forward + backward) / 2, name, size=SMALL, ha="right", weight="bold")
    (low_forward, low_backward), (forward, backward) = layers
    outline(ax, xs[3] - half, forward, w, h)
    outline(ax, xs[0] + half, backward, w, h)
    outline(ax, xs[3], out, 2 * w, h, color=RED)
    label(ax, right, forward, "`hidden[-2]`", size=SMALL, ha="left", color=GREEN, weight="bold")
    label(ax, left, backward, "`hidden[-1]`", size=SMALL, ha="right", color=GREEN, weight="bold")
    label(ax, right, low_forward, "`hidden[0]`", size=SMALL, ha="left", color=MUTED)
    label(ax, left, low_backward, "`hidden[1]`", size=SMALL, ha="right", color=MUTED)
    label(ax, left, joined, "joined", size=SMALL, ha="right", color=MUTED)
    label(ax, left, out, "`output`", size=SMALL, ha="right")
    label(ax, right, out, "`output[:, -1]`", size=SMALL, ha="left", color=RED, weight="bold")
    label(ax, 4, 85.5, "`output[:, -1]`: forward after 4 steps, backward after ONE.", ha="left", color=RED)
    label(
        ax,
        4,
        80.5,
        "`hidden[-2]`, `hidden[-1]`: each after all 4 steps. The head gets both.",
        ha="left",
        color=GREEN,
    )
    label(ax, 46, 6, "The number in a state: steps taken so far in its direction", size=SMALL, color=MUTED)
    return ax.figure


FIGURES: dict[str, Callable[[], Figure]] = {
    function.__name__: function
    for function in (
        course_pipeline,
        padding_and_lengths,
        bucketing,
        embedding_lookup,
        unrolled_rnn,
        many_to_one,
        lstm_cell,
        bidirectional,
    )
}


def save(name: str) -> Path:
    """Draw a figure into its PNG, in 256 colors; the bytes depend on nothing but this script and its libraries."""
    path = FOLDER / f"{name}.png"
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        drawn = FigureCanvasAgg(FIGURES[name]())
        drawn.draw()
        pixels = Image.fromarray(np.asarray(drawn.buffer_rgba())).convert("RGB")
    few = pixels.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the figures of the course.")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"one of {', '.join(FIGURES)}; without any, all"
    )
    names = parser.parse_args().names
    unknown = sorted(set(names) - set(FIGURES))
    if unknown:
        parser.error(f"there is no figure {', '.join(unknown)}; figures: {', '.join(FIGURES)}")
    for name in names or FIGURES:
        print(save(name).name)


if __name__ == "__main__":
    main()
