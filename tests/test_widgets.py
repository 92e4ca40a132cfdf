"""Pictures to play with: a plain call draws, a widget comes only when asked for, and without ipywidgets one is told."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from matplotlib import pyplot as plt
from torch import Tensor, nn

from lessons_lib import vocabulary, widgets
from lessons_lib.models import ReviewClassifier
from lessons_lib.training import predict

VOCAB = vocabulary.build({"good": 2, "not": 1, "bad": 1})
REVIEW, OTHER = torch.tensor([2, 3, 4]), torch.tensor([4, 2])


@pytest.fixture(autouse=True)
def close_figures() -> Any:
    yield
    plt.close("all")


@pytest.fixture
def model() -> ReviewClassifier:
    torch.manual_seed(1)
    return ReviewClassifier(len(VOCAB), embed_dim=4, hidden_size=16, fc_size=4).eval()


@torch.no_grad()
def read(tokens: Tensor, pads: int) -> Tensor:
    torch.manual_seed(1)
    rnn = nn.RNN(1, 8, batch_first=True)
    return rnn(nn.functional.pad(tokens, (0, pads)).float().reshape(1, -1, 1))[0][0]


def test_own_sentence_ends_with_what_the_model_says_of_all_of_it(model: ReviewClassifier) -> None:
    text = "good, not bad :)"
    ax = widgets.own_sentence(model, VOCAB, text)
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(predict(model, [text], VOCAB).item(), abs=1e-6)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["good,", "not", "bad", ":)"]


def test_own_sentence_asks_for_a_word(model: ReviewClassifier, capsys: pytest.CaptureFixture[str]) -> None:
    assert widgets.own_sentence(model, VOCAB, "  \n") is None
    assert capsys.readouterr().out == "Write a word or more.\n"


def test_look_inside_shows_twelve_units_and_every_word(model: ReviewClassifier) -> None:
    axes = widgets.look_inside(model, VOCAB, "good, not $bad$ :)")
    assert [ax.get_title() for ax in axes] == ["forget gate f", "input gate i", "cell state c"]
    assert len(widgets.look_inside(model, VOCAB, "")) == 3


def test_the_padding_lab_measures_what_pads_do() -> None:
    _, distances = widgets.padding_lab(read, REVIEW, OTHER, pads=4)
    moved, cured, apart = (line.get_ydata() for line in distances.lines[:3])
    assert len(moved) == widgets.MOST_PADS + 1
    assert moved[0] == 0 < min(moved[1:])
    assert max(cured) < 1e-6
    assert apart[4] == pytest.approx((read(REVIEW, 4)[-1] - read(OTHER, 4)[-1]).norm().item(), abs=1e-6)


CALLS: list[Callable[..., Any]] = [
    lambda model, **options: widgets.own_sentence(model, VOCAB, "good", **options),
    lambda model, **options: widgets.look_inside(model, VOCAB, "good", **options),
    lambda model, **options: widgets.padding_lab(read, REVIEW, OTHER, **options),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_widget_has_a_control_and_draws_when_it_is_moved(
    call: Callable[..., Any], model: ReviewClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget = call(model, interactive=True)
    control = widget.children[0]
    assert control.value in ("good", 15)
    drawn = plt.get_fignums()
    control.value = "bad" if control.value == "good" else 3
    assert widget.result is not None
    assert len(plt.get_fignums()) >= len(drawn)


@pytest.mark.parametrize("call", CALLS)
def test_without_ipywidgets_it_is_drawn_and_said_what_to_install(
    call: Callable[..., Any],
    model: ReviewClassifier,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert call(model, interactive=True) is not None
    assert "%pip install" in capsys.readouterr().out
