"""The learner's copy: made once, never overwritten, and restored without losing anything."""

import os
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


def test_a_full_disk_leaves_no_half_of_a_lesson(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path, target: Path) -> None:
        target.write_text("half", encoding="utf-8")
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(lab.shutil, "copyfile", full)
        with pytest.raises(ValueError, match=r"work cannot be written .*No space left on device.*: make room"):
            lab.copy_lessons(course)
    assert texts(course) == {}
    assert len(lab.copy_lessons(course)) == 2


def test_a_file_in_place_of_the_work_folder_is_named(course: Path) -> None:
    course.write_text("a file", encoding="utf-8")
    with pytest.raises(ValueError, match="work cannot be written"):
        lab.copy_lessons(course)


def test_where_it_is_installed_the_lessons_are_its_own_and_the_copies_stand_in_the_current_folder(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "library" / "notebooks"
    own.mkdir(parents=True)
    (own / "03_own.ipynb").write_text("own", encoding="utf-8")
    monkeypatch.setattr(lab, "INSTALLED", own)
    monkeypatch.chdir(own)
    assert list(lab.lessons()) == ["03"]
    assert lab.work_folder() == own / "work"


def test_no_jupyterlab_says_what_to_do(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda _: None)
    with pytest.raises(ValueError, match="has no JupyterLab: install it with `make lab`"):
        lab.open_lab(course)


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
        lambda command, **_: commands.append(command) or subprocess.CompletedProcess(command, 0),
    )
    lab.copy_lessons(course)
    assert lab.open_lab(course) == 0
    [command] = commands
    assert f"--ServerApp.root_dir={course}" in command
    assert "--LabApp.default_url=/lab/tree/01_load.ipynb" in command
    assert {"--allow-root", "--no-browser"} & set(command) == expected
