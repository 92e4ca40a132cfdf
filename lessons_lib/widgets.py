"""Pictures to play with: each is drawn by a plain call, and is a widget only when asked for."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from torch import Tensor

from lessons_lib import plots
from lessons_lib.batches import encode_text
from lessons_lib.models import ReviewClassifier
from lessons_lib.probes import gates
from lessons_lib.tokens import tokenize
from lessons_lib.training import predict
from lessons_lib.vocabulary import UNK, Vocab

MOST_WORDS = 200
MOST_PADS = 30


def own_sentence(model: ReviewClassifier, vocab: Vocab, text: str, interactive: bool = False) -> Any:
    """Plot how a model judges a text word by word, the first 200 of them; ``interactive`` adds a field to type in.

    Returns the axes, or the widget. Without ipywidgets, or without a word, it says what to do.
    """

    def draw(text: str) -> Axes | None:
        words = text.split()[:MOST_WORDS]
        if not words:
            print("Write a word or more.")
            return None
        beginnings = [" ".join(words[: count + 1]) for count in range(len(words))]
        return plots.running_probability(words, predict(model, beginnings, vocab).tolist())

    return _with_control(draw, text) if interactive else draw(text)


def look_inside(model: ReviewClassifier, vocab: Vocab, text: str, interactive: bool = False) -> Any:
    """Draw the gates of the twelve units of a model's forward LSTM whose cell state moves furthest in a text.

    ``interactive`` adds a field to type in. Returns the axes, or the widget. Without ipywidgets it says what to do.
    """

    def draw(text: str) -> Sequence[Axes]:
        seen = gates(model, encode_text(text, vocab))
        units = (seen.cell.amax(dim=0) - seen.cell.amin(dim=0)).argsort(descending=True)[:12].tolist()
        panels = {"forget gate f": seen.forget, "input gate i": seen.input, "cell state c": seen.cell}
        return plots.unit_maps(panels, tokenize(text) or [UNK], units)

    return _with_control(draw, text) if interactive else draw(text)


def padding_lab(
    read: Callable[[Tensor, int], Tensor], review: Tensor, other: Tensor, pads: int = 15, interactive: bool = False
) -> Any:
    """Draw what pads do to a recurrence that reads two reviews; ``interactive`` adds a slider for their number.

    ``read(tokens, pads)`` returns the states ``[length + pads, hidden]`` of tokens ``[length]`` with pads behind them.
    Returns the axes, or the widget. Without ipywidgets it says what to do.
    """

    def draw(pads: int) -> Sequence[Axes]:
        by_pads = [(read(review, count), read(other, count)) for count in range(MOST_PADS + 1)]
        start = by_pads[0][0][-1]
        moved, cured, apart = (
            torch.stack(differences).norm(dim=1).tolist()
            for differences in zip(
                *((ours[-1] - start, ours[len(review) - 1] - start, ours[-1] - theirs[-1]) for ours, theirs in by_pads),
                strict=True,
            )
        )
        return plots.padding_lab(read(review, pads), len(review), moved, cured, apart)

    return _with_control(draw, (pads, 0, MOST_PADS)) if interactive else draw(pads)


def _with_control(draw: Callable[[Any], Any], start: str | tuple[int, int, int]) -> Any:
    """Return a control above what ``draw`` makes of its value; without ipywidgets, say so and draw only.

    ``start`` is a text, for a field to type in, or (value, least, most), for a slider.
    """
    try:
        from ipywidgets import IntSlider, Layout, Text, interactive
    except ModuleNotFoundError:
        print('This needs ipywidgets: run %pip install "ipywidgets>=8.1,<9" and restart the kernel.')
        return draw(start if isinstance(start, str) else start[0])
    if isinstance(start, str):
        control = Text(start, description="review", continuous_update=False, layout=Layout(width="90%"))
    else:
        value, least, most = start
        control = IntSlider(value, least, most, description="pads", continuous_update=False)
    return interactive(lambda value: draw(value), value=control)
