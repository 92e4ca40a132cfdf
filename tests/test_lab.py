"""The learner's copy: made once, never overwritten, and restored without losing anything."""

import subprocess
from pathlib import Path

import pytest

from lessons_lib import lab


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two lessons; returns its folder for the learner's copies."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("01_load", "02_tokenize"):
        (notebooks / f"{name}.ipynb").write_text(f"course {name}", encoding="utf-8")
    monkeypatch.setattr(lab, "CHECKOUT", tmp_path)
    return lab.work_folder()


def texts(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_copies_all_lessons_once_and_overwrites_none(course: Path) -> None:
    assert [file.name for file in lab.copy_lessons(course)] == ["01_load.ipynb", "02_tokenize.ipynb"]
    (course / "01_load.ipynb").write_text("mine", encoding="utf-8")
    (course / "02_tokenize.ipynb").unlink()
    assert [file.name for file in lab.copy_lessons(course)] == ["02_tokenize.ipynb"]
    assert texts(course) == {"01_load.ipynb": "mine", "02_tokenize.ipynb": "course 02_tokenize"}


def test_restoring_twice_keeps_both_of_the_learners_copies(course: Path) -> None:
    lab.copy_lessons(course)
    for text in ("first try", "second try"):
        (course / "01_load.ipynb").write_text(text, encoding="utf-8")
        lab.restore("01", course)
    assert texts(course) == {
        "01_load.ipynb": "course 01_load",
        "01_load_mine_1.ipynb": "first try",
        "01_load_mine_2.ipynb": "second try",
        "02_tokenize.ipynb": "course 02_tokenize",
    }


def test_restoring_an_unknown_lesson_names_those_there_are(course: Path) -> None:
    with pytest.raises(ValueError, match="no lesson '99': choose one of 01, 02"):
        lab.restore("99", course)


@pytest.mark.parametrize(
    ("user", "display", "expected"), [(0, "", {"--allow-root", "--no-browser"}), (1000, ":0", set())]
)
def test_jupyterlab_starts_on_the_first_lesson(
    course: Path, monkeypatch: pytest.MonkeyPatch, user: int, display: str, expected: set[str]
) -> None:
    commands = []
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(lab.sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(
        lab.subprocess,
        "run",
        lambda command, check: commands.append(command) or subprocess.CompletedProcess(command, 0),
    )
    lab.copy_lessons(course)
    assert lab.open_lab(course) == 0
    [command] = commands
    assert f"--ServerApp.root_dir={course}" in command
    assert "--LabApp.default_url=/lab/tree/01_load.ipynb" in command
    assert {"--allow-root", "--no-browser"} & set(command) == expected
