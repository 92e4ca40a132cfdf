"""The maintainers' tools: running a lesson, its normal form, its minutes, the repository's address, refusals, Colab."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.check_python import refusal, this_machine
from tools.colab import publish, redirect
from tools.notebooks import check, execute, normalise, run, sections
from tools.set_repository import ROOT, Address, read_address, set_address

NEW = Address("somebody/some.course", "v9.8.7")
ELSEWHERE = "https://github.com/pytorch/pytorch"


@pytest.fixture
def hosted(tmp_path: Path) -> Path:
    """A small course of one lesson, a README and the project's settings."""
    address = read_address(ROOT)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tools" / "set_repository.py", tmp_path / "tools")
    badge = address.colab_badge("01_first.ipynb")
    notebook = new_notebook(cells=[new_markdown_cell(f"# A\n\n{badge}"), new_code_cell(address.install_cell)])
    (tmp_path / "notebooks" / "01_first.ipynb").write_text(normalise(notebook, "01"), encoding="utf-8")
    binder = address.binder_badge("01_first.ipynb")
    lines = [badge, binder, f"git clone https://github.com/{address.repository}.git", ELSEWHERE]
    (tmp_path / "README.md").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_setting_the_repository_rewrites_every_place(hosted: Path) -> None:
    changed = set_address(hosted, NEW)
    assert {path.name for path in changed} == {"pyproject.toml", "README.md", "01_first.ipynb"}
    assert read_address(hosted) == NEW
    notebook = nbformat.read(hosted / "notebooks" / "01_first.ipynb", as_version=4)
    badge = NEW.colab_badge("01_first.ipynb")
    assert badge in notebook.cells[0].source
    assert notebook.cells[1].source == NEW.install_cell
    lines = (hosted / "README.md").read_text(encoding="utf-8").splitlines()
    binder = NEW.binder_badge("01_first.ipynb")
    assert lines == [badge, binder, "git clone https://github.com/somebody/some.course.git", ELSEWHERE]


def test_setting_the_repository_again_changes_nothing(hosted: Path) -> None:
    set_address(hosted, NEW)
    assert set_address(hosted, NEW) == []


@pytest.mark.parametrize("name", ["course", "some body/course", "a/b/c", "/course", "somebody/"])
def test_a_malformed_repository_is_refused(hosted: Path, name: str) -> None:
    before = (hosted / "pyproject.toml").read_bytes()
    command = [sys.executable, str(hosted / "tools" / "set_repository.py"), name]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "OWNER/REPO" in answer.stderr
    assert (hosted / "pyproject.toml").read_bytes() == before


def test_the_readme_opens_the_first_lesson_on_binder() -> None:
    first = min((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")).name
    assert read_address(ROOT).binder_badge(first) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_install_cell_names_this_library() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distribution = re.search(r'"(\S+) @ ', read_address(ROOT).install_cell)
    assert distribution
    assert distribution[1].replace("_", "-") == project["name"]


@pytest.fixture
def edited() -> NotebookNode:
    """A notebook as an editor leaves it: odd ids, counts, metadata and pieces of streams."""
    progress = ["\r  0%|  | 0/2", "\r 50%|# | 1/2", "\r100%|##| 2/2\n"]
    run = new_code_cell(
        "1 + 1\n",
        execution_count=17,
        metadata={"tags": ["b", "a"], "collapsed": True, "execution": {"iopub.status.busy": "2026-01-01"}},
        outputs=[
            *(new_output("stream", name="stderr", text=text) for text in progress),
            new_output("stream", name="stdout", text="one\n"),
            new_output("execute_result", {"text/plain": "2"}, execution_count=17),
            new_output("stream", name="stdout", text="two\n"),
        ],
    )
    metadata = {
        "kernelspec": {"display_name": "Mine", "name": "mine"},
        "language_info": {"name": "python", "version": "3.12.1"},
        "vscode": {},
    }
    return new_notebook(cells=[new_markdown_cell("# Häuser"), run, new_code_cell("2")], metadata=metadata)


def test_the_normal_form_keeps_nothing_of_the_editor(edited: NotebookNode) -> None:
    normal = nbformat.reads(normalise(edited, "03"), as_version=4)
    assert [cell.id for cell in normal.cells] == ["03-00", "03-01", "03-02"]
    assert [cell.execution_count for cell in normal.cells[1:]] == [1, 2]
    assert normal.cells[1].metadata == {"tags": ["a", "b"]}
    assert normal.metadata.kernelspec == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert normal.metadata.language_info == {"name": "python"}
    assert set(normal.metadata) == {"kernelspec", "language_info"}


def test_the_normal_form_joins_streams_and_settles_progress_bars(edited: NotebookNode) -> None:
    errors, output, result = nbformat.reads(normalise(edited, "03"), as_version=4).cells[1].outputs
    assert (errors.name, errors.text) == ("stderr", "100%|##| 2/2\n")
    assert (output.name, output.text) == ("stdout", "one\ntwo\n")
    assert result.execution_count == 1


def test_the_normal_form_is_plain_text(edited: NotebookNode) -> None:
    text = normalise(edited, "03")
    assert "Häuser" in text
    assert text.startswith('{\n "cells"')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text


def test_the_normal_form_of_the_normal_form_is_the_same(edited: NotebookNode) -> None:
    once = normalise(edited, "03")
    assert normalise(nbformat.reads(once, as_version=4), "03") == once


def test_normalising_leaves_the_notebook_as_it_is(edited: NotebookNode) -> None:
    before = nbformat.writes(edited)
    normalise(edited, "03")
    assert nbformat.writes(edited) == before


def test_the_minutes_of_a_section_are_words_and_allowances() -> None:
    cells = [
        new_markdown_cell("# Title\n\nA frame that does not count."),
        new_markdown_cell("## 1. Words (3 min)\n\n" + "word " * 355),
        new_markdown_cell("Now try it; allow 2 minutes. Then allow 1 minute more."),
        new_code_cell("x = 1 # the code counts"),
        new_markdown_cell("## Check yourself"),
    ]
    first, last = sections(new_notebook(cells=cells))
    assert (first.number, first.title, first.stated) == (1, "Words", 3)
    assert first.words == 5 + 355 + 10 + 8
    assert first.computed == pytest.approx(3 + 378 / 180)
    assert (last.number, last.title, last.stated) == (None, "Check yourself", None)


def test_a_lesson_runs_in_an_empty_folder_on_the_data_it_is_given() -> None:
    notebook = new_notebook(cells=[new_code_cell("import os; print(os.environ['LESSONS_DATA'], os.listdir())")])
    execute(notebook, "imdb")
    assert notebook.cells[0].outputs[0].text == "imdb []\n"


def test_a_failed_run_names_the_cell_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "02_failing.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1"), new_markdown_cell("!"), new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    assert not run([path], "sample", store=True)
    complaint = capsys.readouterr().err
    assert complaint.startswith("02_failing.ipynb, cell 2: ")
    assert "ZeroDivisionError" in complaint
    assert path.read_bytes() == before


def test_a_stored_run_is_in_normal_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "02_working.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("print(6 * 7)")]), path)
    assert not check([path])
    assert "02_working.ipynb: not in normal form" in capsys.readouterr().err
    assert run([path], "sample", store=True)
    assert check([path])
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].text == "42\n"


@pytest.mark.parametrize(
    ("lane", "version", "machine", "advice"),
    [
        ("current", "3.10", "Linux x86_64", "make PYTHON=/path/to/python3.11"),
        ("current", "3.14", "macOS arm64", "make PYTHON=/path/to/python3.11"),
        ("current", "3.12", "macOS x86_64", "Open the lessons in Colab"),
        ("current", "3.12", "Linux x86_64 with musl", "Open the lessons in Colab"),
        ("torchtext", "3.13", "Windows AMD64", "make test-torchtext PYTHON=/path/to/python3.11"),
        ("torchtext", "3.11", "Linux aarch64", "make lab and make test"),
        ("torchtext", "3.13", "macOS x86_64", "make lab and make test"),
        ("colab", "3.12", "Linux x86_64", "make test-colab COLAB_PYTHON=/path/to/python3.13"),
    ],
)
def test_where_a_lane_cannot_run_two_lines_say_why_and_what_to_do(
    lane: str, version: str, machine: str, advice: str
) -> None:
    why, what_to_do = refusal(lane, version, machine).splitlines()
    assert f"Python {version};" in why or f"On {machine} " in why
    assert advice in what_to_do


@pytest.mark.parametrize(
    ("lane", "version", "machine"),
    [
        ("current", "3.11", "Linux aarch64"),
        ("current", "3.13", "Windows AMD64"),
        ("torchtext", "3.11", "Linux x86_64"),
        ("torchtext", "3.12", "macOS arm64"),
        ("colab", "3.13", "Linux x86_64"),
    ],
)
def test_where_a_lane_can_run_nothing_is_said(lane: str, version: str, machine: str) -> None:
    assert refusal(lane, version, machine) == ""


def test_a_python_without_venv_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "sudo apt install python3.12-venv" in refusal("current", "3.12", "Linux x86_64")


@pytest.mark.parametrize(
    ("system", "processor", "build", "name"),
    [
        ("Darwin", "arm64", "aarch64-apple-darwin24.6.0", "macOS arm64"),
        ("Windows", "AMD64", None, "Windows AMD64"),
        ("Linux", "x86_64", "x86_64-pc-linux-gnu", "Linux x86_64"),
        ("Linux", "x86_64", "x86_64-alpine-linux-musl", "Linux x86_64 with musl"),
    ],
)
def test_a_machine_has_one_name(
    monkeypatch: pytest.MonkeyPatch, system: str, processor: str, build: str | None, name: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: build)
    assert this_machine() == name


def test_the_address_on_github_leads_to_the_published_checkout(tmp_path: Path) -> None:
    checkout, repository, clone = (tmp_path / name for name in ("checkout", "repository", "clone"))
    checkout.mkdir()
    for name, text in {".gitignore": "left_out", "left_out": "", "taken": "here"}.items():
        (checkout / name).write_text(text, encoding="utf-8")
    publish(checkout, repository, NEW.tag)
    command = ["git", "clone", "--quiet", "--branch", NEW.tag, f"https://github.com/{NEW.repository}", str(clone)]
    subprocess.run(command, env=os.environ | redirect(NEW, repository), check=True)
    assert {path.name for path in clone.iterdir()} == {".git", ".gitignore", "taken"}
    assert {path.name for path in checkout.iterdir()} == {".gitignore", "left_out", "taken"}
