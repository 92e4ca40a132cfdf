"""The drawn figures: the script and its PNGs belong together, and the lessons can show them."""

from pathlib import Path

import pytest
from PIL import Image as Picture

from figures.draw import FIGURES
from lessons_lib import figures

FOLDER = Path(__file__).resolve().parent.parent / "figures"
NAMES = sorted(file.stem for file in FOLDER.glob("*.png"))


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of figures in a wheel, where there is no checkout."""
    folder = tmp_path / "data" / "figures"
    folder.mkdir(parents=True)
    monkeypatch.setattr(figures, "FOLDERS", (tmp_path / "figures", folder))
    return folder


def test_every_function_has_its_picture_and_every_picture_its_function() -> None:
    assert sorted(FIGURES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_wide_enough_for_sharp_screens(name: str) -> None:
    with Picture.open(FOLDER / f"{name}.png") as picture:
        assert picture.format == "PNG"
        assert picture.width >= 1200


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_small_enough_for_a_notebook(name: str) -> None:
    assert (FOLDER / f"{name}.png").stat().st_size < 150_000


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_tells_neither_when_nor_with_what_it_was_drawn(name: str) -> None:
    with Picture.open(FOLDER / f"{name}.png") as picture:
        assert not picture.info


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_a_light_margin_that_nothing_reaches(name: str) -> None:
    with Picture.open(FOLDER / f"{name}.png") as picture:
        grey = picture.convert("L")
    frame, margin = 4, 14
    right, bottom = grey.width - frame, grey.height - frame
    sides = [
        (frame, frame, right, margin),
        (frame, bottom - margin, right, bottom),
        (frame, frame, margin, bottom),
        (right - margin, frame, right, bottom),
    ]
    darkest = [grey.crop(side).getextrema()[0] for side in sides]
    assert min(darkest) > 240


@pytest.mark.parametrize("name", NAMES)
def test_showing_a_figure_gives_the_bytes_of_its_file(name: str) -> None:
    from IPython.display import Image

    shown = figures.show(name)
    assert isinstance(shown, Image)
    assert shown.data == (FOLDER / f"{name}.png").read_bytes()


def test_an_unknown_figure_is_answered_with_those_there_are(packaged: Path) -> None:
    for name in ("lstm_cell", "bucketing"):
        (packaged / f"{name}.png").touch()
    with pytest.raises(ValueError, match=r"no figure 'lstm'; figures: bucketing, lstm_cell$"):
        figures.path("lstm")


def test_without_a_checkout_the_packaged_figure_is_found(packaged: Path) -> None:
    (packaged / "lstm_cell.png").touch()
    assert figures.path("lstm_cell") == packaged / "lstm_cell.png"


def test_the_checkout_comes_first() -> None:
    assert figures.path("lstm_cell") == FOLDER / "lstm_cell.png"
