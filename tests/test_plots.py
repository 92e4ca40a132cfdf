"""The plots of the lessons say what they show: a title, labelled axes, and the given data."""

from collections.abc import Iterator, Sequence

import matplotlib
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from lessons_lib import models, plots, vocabulary
from lessons_lib.batches import Example, collate
from lessons_lib.models import ReviewClassifier
from lessons_lib.probes import Calibration
from lessons_lib.records import Spread

Judge = tuple[ReviewClassifier, vocabulary.Vocab]


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    matplotlib.use("agg")
    yield
    plt.close("all")


def is_labelled(axes: Sequence[Axes]) -> bool:
    return all(ax.get_title() and ax.get_xlabel() and ax.get_ylabel() for ax in axes)


def test_vector_paths_name_every_word_at_its_end() -> None:
    path = torch.arange(12.0).reshape(3, 2, 2)
    axes = plots.vector_paths(path, ["good", "movie"], [0.7, 0.6], {"good": plots.BLUE})
    assert is_labelled(axes)
    assert {note.get_text(): tuple(note.xy) for note in axes[0].texts} == {"good": (8, 9), "movie": (10, 11)}
    assert [note.get_color() for note in axes[0].texts] == [plots.BLUE, plots.GREY]


def test_word_effects_name_the_marked_words_only() -> None:
    leans, effects = torch.tensor([1.0, -1.0, 0.0]), torch.tensor([2.0, -2.0, 0.0])
    ax = plots.word_effects(leans, effects, ["good", "bad", "a"], ["bad"])
    assert is_labelled([ax])
    assert [note.get_text() for note in ax.texts] == ["bad"]


def test_gradient_reach_draws_geometric_means() -> None:
    ax = plots.gradient_reach({"RNN": torch.tensor([[1.0, 1e-2], [1.0, 1e-4]])})
    assert is_labelled([ax])
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([1, 1e-3])


def test_vocabulary_size_counts_parameters_as_rows_times_embedding() -> None:
    axes = plots.vocabulary_size([1, 2], [0.01, 0.02], [100, 50], embed_dim=20)
    assert is_labelled(axes)
    assert [bar.get_height() for bar in axes[0].patches] == [1, 2]
    assert [bar.get_height() for bar in axes[1].patches] == [2000, 1000]


def test_batch_pictures_state_the_share_of_pads() -> None:
    examples = [Example(torch.ones(length, dtype=torch.int64), 1.0) for length in (4, 1, 3, 4)]
    axes = plots.batch_pictures({"random": collate(examples[:2]), "bucketed": collate(examples[2:])})
    assert is_labelled(axes)
    assert [ax.get_title() for ax in axes] == ["A random batch: 38% pads", "A bucketed batch: 12% pads"]


def test_padding_by_batch_size_has_a_line_for_each_way() -> None:
    ax = plots.padding_by_batch_size([4, 8], {"random": [0.3, 0.5], "bucketed": [0.1, 0.1]})
    assert is_labelled([ax])
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.3, 0.5], [0.1, 0.1]]


def test_padding_lab_draws_six_states_and_three_distances() -> None:
    axes = plots.padding_lab(torch.rand(5, 8), 3, moved=[0, 1], cured=[0, 0], apart=[1, 0])
    assert is_labelled(axes)
    assert [len(ax.lines) for ax in axes] == [6, 3]


def test_seed_spreads_show_every_seed_and_name_each_kind_of_mark_once() -> None:
    ax = plots.seed_spreads({"LSTM": Spread((0.7, 0.72, 0.75)), "BiLSTM": Spread((0.71, 0.73, 0.74))}, ours=0.69)
    assert is_labelled([ax])
    assert [round(x) for line in ax.lines for x in line.get_xdata()] == [70, 72, 75, 71, 73, 74, 69]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "one recorded seed",
        "ours",
        "expected for one more seed",
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["LSTM", "BiLSTM"]


def test_the_ladder_has_the_best_on_top_and_a_kind_of_mark_for_each_group() -> None:
    linear = {"words": Spread((0.84,), deterministic=True), "pairs": Spread((0.86,), deterministic=True)}
    ax = plots.ladder({"linear models": linear, "recurrent models": {"LSTM": Spread((0.84, 0.85, 0.86))}})
    assert is_labelled([ax])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["words", "LSTM", "pairs"]
    assert [text.get_text() for text in ax.texts] == ["84.00 %", "85.00 ± 1.00 % (3 seeds)", "86.00 %"]
    dots = [container.lines[0] for container in ax.containers]
    assert [sorted(line.get_xdata()) for line in dots] == [pytest.approx([84, 86]), pytest.approx([85])]
    assert len({line.get_marker() for line in dots}) == len({line.get_color() for line in dots}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "best of the linear models",
        "linear models",
        "recurrent models",
    ]


def test_accuracy_curves_are_in_percent_and_stand_beside_a_coin() -> None:
    ax = plots.accuracy_curves({"right": [0.6, 0.8], "wrong": [0.5, 0.5]})
    assert is_labelled([ax])
    assert [list(line.get_ydata()) for line in ax.lines] == [[60, 80], [50, 50], [50, 50]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["right", "wrong", "a coin"]


def test_influence_by_tenth_has_ten_bars_for_each_reader() -> None:
    ax = plots.influence_by_tenth(torch.full((2, 10), 0.05))
    assert is_labelled([ax])
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([5] * 20)


def test_running_probability_has_a_point_a_word_and_names_the_words() -> None:
    ax = plots.running_probability(["$a_b$", "\x00" + "x" * 40, "film"], [0.2, 0.9, 0.5])
    assert is_labelled([ax])
    assert list(ax.lines[0].get_ydata()) == [0.2, 0.9, 0.5]
    long = "\N{REPLACEMENT CHARACTER}" + "x" * 29 + "…"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["$a_b$", long, "film"]
    ax.figure.canvas.draw()


def test_running_probability_names_at_most_40_words() -> None:
    ax = plots.running_probability([str(place) for place in range(200)], [0.5] * 200)
    assert [label.get_text() for label in ax.get_xticklabels()] == [str(place) for place in range(0, 200, 5)]


@pytest.fixture
def judge() -> Judge:
    vocab = vocabulary.build({"good": 1, "bad": 1})
    return models.build("lstm", len(vocab)), vocab


def test_unit_maps_show_the_chosen_units_as_rows() -> None:
    gate, cell = torch.rand(5, 8), torch.randn(5, 8)
    axes = plots.unit_maps({"forget gate": gate, "cell state": cell}, list("abcde"), [7, 2])
    assert [ax.get_title() for ax in axes] == ["forget gate", "cell state"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["7", "2"]
    for ax, panel in zip(axes, (gate, cell), strict=True):
        assert ax.images[0].get_array().tolist() == panel[:, [7, 2]].T.tolist()
    assert axes[0].images[0].get_clim() == (0, 1)
    assert sum(axes[1].images[0].get_clim()) == 0


def test_pair_answers_have_a_panel_for_each_model() -> None:
    axes = plots.pair_answers({"one": torch.tensor([[0.1, 0.9]]), "two": torch.tensor([[0.4, 0.3]])}, "Twins")
    assert is_labelled(axes)
    assert [ax.get_title() for ax in axes] == ["Twins: one", "Twins: two"]
    assert axes[0].collections[-1].get_offsets().tolist() == [pytest.approx([0.1, 0.9])]


def test_calibration_sizes_the_dots_by_their_reviews() -> None:
    curve = Calibration(torch.tensor([0.2, 0.8]), torch.tensor([0.3, 0.7]), torch.tensor([1, 3]), 0.1)
    ax = plots.calibration({"model": curve})
    assert is_labelled([ax])
    assert ax.collections[0].get_sizes().tolist() == [110, 310]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["calibrated", "model"]
