"""Every lesson is built the same way, stands in normal form, and says truly how long it takes."""

import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tools.notebooks import NOTEBOOKS, Section, normalise, sections
from tools.set_repository import ROOT, Address, read_address

PATHS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
IGNORED = "nbval-ignore-output"
CLOSING = ["Check yourself", "What you have now"]
MARKDOWN_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


@pytest.fixture(params=PATHS, ids=[path.stem for path in PATHS])
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def lesson(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


@pytest.fixture
def code(lesson: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in lesson.cells if cell.cell_type == "code"]


@pytest.fixture
def prose(lesson: NotebookNode) -> list[str]:
    """The Markdown cells, without what is set as code in them."""
    blocks = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.M)
    return [blocks.sub("", cell.source) for cell in lesson.cells if cell.cell_type == "markdown"]


@pytest.fixture
def frame(lesson: NotebookNode) -> str:
    """The prose that stands before the first section."""
    texts = []
    for cell in lesson.cells:
        if cell.source.startswith("## "):
            break
        if cell.cell_type == "markdown":
            texts.append(cell.source)
    return "\n".join(texts)


@pytest.fixture
def parts(lesson: NotebookNode) -> list[Section]:
    return sections(lesson)


@pytest.fixture
def readme() -> str:
    path = ROOT / "README.md"
    if not path.exists():
        pytest.skip("there is no README yet")
    return path.read_text(encoding="utf-8")


def links(texts: list[str]) -> Iterator[re.Match[str]]:
    for text in texts:
        yield from MARKDOWN_LINK.finditer(text)


def is_tagged(cell: NotebookNode) -> bool:
    return IGNORED in cell.metadata.get("tags", [])


def printed(cell: NotebookNode) -> str:
    """All the text that a cell shows."""
    shown = [output.get("text") or output.get("data", {}) for output in cell.outputs]
    return "\n".join(part if isinstance(part, str) else part.get("text/plain", "") for part in shown)


def has_picture(cell: NotebookNode) -> bool:
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


# Cells


def test_it_has_25_to_60_cells(lesson: NotebookNode) -> None:
    assert 25 <= len(lesson.cells) <= 60


def test_code_cells_have_6_lines_in_the_median_and_20_at_most(code: list[NotebookNode]) -> None:
    lines = [len(cell.source.splitlines()) for cell in code]
    assert statistics.median(lines) <= 6
    assert max(lines) <= 20


def test_cells_were_run_once_in_order(code: list[NotebookNode]) -> None:
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


def test_outputs_are_stored(code: list[NotebookNode]) -> None:
    assert any(cell.outputs for cell in code)
    printing = [cell for cell in code if re.search(r"^print\(", cell.source, re.M)]
    assert all(cell.outputs for cell in printing)


def test_no_cell_failed(code: list[NotebookNode]) -> None:
    assert not [cell.id for cell in code for output in cell.outputs if output.output_type == "error"]


def test_only_ignored_outputs_hold_stderr(code: list[NotebookNode]) -> None:
    noisy = [cell.id for cell in code for output in cell.outputs if output.get("name") == "stderr"]
    assert set(noisy) <= {cell.id for cell in code if is_tagged(cell)}


def test_it_stands_in_normal_form(path: Path, lesson: NotebookNode) -> None:
    assert path.read_bytes().decode("utf-8") == normalise(lesson, path.name[:2])


def test_no_line_ends_in_a_semicolon(code: list[NotebookNode]) -> None:
    assert not [cell.id for cell in code if re.search(r";\s*$", cell.source, re.M)]


def test_no_cell_runs_a_shell(code: list[NotebookNode]) -> None:
    assert not [cell.id for cell in code if re.search(r"^\s*(!|%%(bash|sh|script)\b)", cell.source, re.M)]


def test_no_cell_waits_for_input(code: list[NotebookNode]) -> None:
    assert not [cell.id for cell in code if re.search(r"\binput\(", cell.source)]


def test_no_output_names_a_folder_of_the_author(code: list[NotebookNode]) -> None:
    assert not [cell.id for cell in code if re.search(r"/(root|home|Users|tmp)/|\b[A-Z]:\\", printed(cell))]


def test_what_is_not_compared_is_asserted(code: list[NotebookNode]) -> None:
    unchecked = [
        cell.id
        for number, cell in enumerate(code)
        if is_tagged(cell)
        and not has_picture(cell)
        and not any(re.search(r"^\s*assert\b", near.source, re.M) for near in code[number : number + 3])
    ]
    assert not unchecked


# Frame


def test_its_first_code_cell_is_the_install_cell(code: list[NotebookNode]) -> None:
    assert code[0].source == read_address(ROOT).install_cell


def test_its_second_code_cell_chooses_the_data(code: list[NotebookNode]) -> None:
    assert "data = reviews.tier()" in code[1].source.splitlines()


def test_it_opens_with_its_title(lesson: NotebookNode) -> None:
    assert re.match(r"# \S", lesson.cells[0].source)


def test_its_launch_badge_opens_this_very_lesson(path: Path, frame: str) -> None:
    assert read_address(ROOT).colab_badge(path.name) in frame


@pytest.mark.parametrize("entry", ["You will build", "You will learn", "You need"])
def test_its_frame_is_complete(frame: str, entry: str) -> None:
    assert entry in frame


def test_its_sections_are_numbered_in_order_and_state_their_minutes(parts: list[Section]) -> None:
    numbered = parts[: -len(CLOSING)]
    assert [part.number for part in numbered] == list(range(1, len(numbered) + 1))
    assert not [part.title for part in numbered if part.stated is None]


def test_it_closes_with_questions_and_with_what_was_reached(parts: list[Section]) -> None:
    assert [part.title for part in parts[-len(CLOSING) :]] == CLOSING


def test_it_leads_on_to_the_next_lesson(path: Path, parts: list[Section]) -> None:
    following = [other.name for other in PATHS if other.name > path.name]
    if not following:
        pytest.skip("this is the last lesson")
    assert f"]({following[0]})" in parts[-1].text


# Minutes


def test_its_sections_make_up_its_minutes(frame: str, parts: list[Section]) -> None:
    assert re.findall(r"(\d+) minutes", frame) == [str(sum(part.stated or 0 for part in parts))]


def test_the_readme_states_its_minutes(path: Path, parts: list[Section], readme: str) -> None:
    rows = [row for row in readme.splitlines() if row.startswith("|") and f"(notebooks/{path.name})" in row]
    assert len(rows) == 1
    assert str(sum(part.stated or 0 for part in parts)) in [cell.strip() for cell in rows[0].split("|")]


def test_a_section_takes_the_minutes_it_states(parts: list[Section]) -> None:
    off = {p.title: (p.stated, p.computed) for p in parts if p.stated and abs(p.stated - p.computed) > 1}
    assert not off


# Links


def test_relative_links_lead_somewhere(path: Path, prose: list[str]) -> None:
    targets = [link["target"].partition("#")[0] for link in links(prose)]
    relative = [target for target in targets if target and not re.match(r"[a-z]+:", target)]
    assert not [target for target in relative if not (path.parent / target).exists()]


def test_images_have_alternative_text(prose: list[str]) -> None:
    assert not [link["target"] for link in links(prose) if link["image"] and not link["text"].strip()]


# All of them


def test_the_readme_lists_the_lessons_that_exist(readme: str) -> None:
    assert set(re.findall(r"notebooks/(\d\d_\w+\.ipynb)", readme)) == {path.name for path in PATHS}


def test_every_badge_and_install_command_has_the_address() -> None:
    address = read_address(ROOT)
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*PATHS, *ROOT.glob("*.md")])
    opened = re.findall(r"colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)/blob/", text)
    launched = re.findall(r"mybinder\.org/v2/gh/([\w.-]+/[\w.-]+)/main\?", text)
    installed = re.findall(r"git\+https://github\.com/([\w.-]+/[\w.-]+?)@([\w.-]+)", text)
    assert {*opened, *launched} <= {address.repository}
    assert {Address(*found) for found in installed} <= {address}
