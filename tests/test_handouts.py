"""The handouts: pages that need nothing but themselves, with and without solutions."""

import base64
import re
from html.parser import HTMLParser

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons_lib import figures
from tools.handouts import FORMULA, drawing, handout
from tools.notebooks import read, select
from tools.set_repository import ROOT, read_address

EXERCISE = """### Exercise: one number

How many? See [lesson 03](03_vocabulary.ipynb) and [a paper](https://aclanthology.org/P11-1015/), or $x_t = 0$.

<details><summary>Hint</summary>

Count *them*.

</details>

<details><summary>Solution</summary>

```python
answer = 4711
```

</details>

Then go on."""


class Needs(HTMLParser):
    """What a page loads when it is opened, and its images."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loaded: list[str] = re.findall(r"@import[^;]*|url\(\s*['\"]?(?:https?:)?//[^)]*", page)
        self.images: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag in ("script", "link", "iframe"):
            self.loaded.append(str(facts))
        elif tag == "img":
            self.images.append(facts["src"])
        self.loaded += [value for name, value in attrs if name == "src" and not value.startswith("data:")]


@pytest.fixture
def lesson() -> NotebookNode:
    address = read_address(ROOT)
    picture = base64.b64encode((figures.path("unrolled_rnn")).read_bytes()).decode("ascii")
    return new_notebook(
        cells=[
            new_markdown_cell(f"# 01 A lesson\n\n{address.colab_badge('01_first.ipynb')}\n\nWelcome."),
            new_code_cell(address.install_cell),
            new_code_cell("answer = ...", outputs=[new_output("display_data", {"image/png": picture})]),
            new_markdown_cell(EXERCISE),
        ]
    )


def test_without_solutions_the_hints_stay(lesson: NotebookNode) -> None:
    page = handout(lesson, "01_first", solutions=False)
    assert "Solution" not in page and "4711" not in page
    assert "<details><summary>Hint</summary>" in page
    assert "Count <em>them</em>" in page and "Then go on" in page


def test_with_solutions_everything_is_unfolded(lesson: NotebookNode) -> None:
    page = handout(lesson, "01_first", solutions=True)
    assert page.count("<details open") == 2
    assert "<summary>Solution</summary>" in page and "4711" in page


def test_a_page_needs_nothing_else(lesson: NotebookNode) -> None:
    needs = Needs(handout(lesson, "01_first", solutions=True))
    assert needs.loaded == []
    assert [image.partition(";")[0] for image in needs.images] == ["data:image/png", "data:image/svg+xml"]


def test_a_real_lesson_needs_nothing_else() -> None:
    [path] = select(["06"])
    outputs = [output for cell in read(path).cells for output in cell.get("outputs", [])]
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    needs = Needs(handout(read(path), path.stem, solutions=False))
    assert needs.loaded == []
    assert sum(image.startswith("data:image/png") for image in needs.images) == pictures > 0


def test_links_lead_to_pages_and_what_only_runs_is_left_out(lesson: NotebookNode) -> None:
    page = handout(lesson, "01_first", solutions=False)
    assert 'href="03_vocabulary.html"' in page
    assert 'href="https://aclanthology.org/P11-1015/"' in page
    assert "colab" not in page
    assert "<title>01_first</title>" in page



def test_every_formula_of_the_lessons_can_be_drawn() -> None:
    texts = [cell.source for path in select([]) for cell in read(path).cells if cell.cell_type == "markdown"]
    found = [match for text in texts for match in FORMULA.finditer(text)]
    formulas = {match["display"] or match["inline"] for match in found} - {None}
    assert len(formulas) > 20
    for formula in formulas:
        assert drawing(formula).startswith("<img alt=")


def test_a_formula_says_what_it_is_and_keeps_its_size() -> None:
    low, high = (re.search(r"height: ([\d.]+)em", drawing(formula))[1] for formula in ("x", r"\frac{x}{y}"))
    assert float(high) > 1.5 * float(low)
    assert 'alt="a &lt; &#124;b&#124;"' in drawing("a < |b|")
    assert "display: block" in drawing("x", is_display=True)


def test_dollars_in_code_are_no_formulas() -> None:
    text = "`$a` and `$b`\n\n```\n$c = $d\n```\n"
    assert [match for match in FORMULA.finditer(text) if match["inline"] or match["display"]] == []


def test_a_formula_that_cannot_be_drawn_is_named() -> None:
    with pytest.raises(ValueError, match=r"\\unknown x.* cannot be drawn"):
        drawing(r"\unknown x")
