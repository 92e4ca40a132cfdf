"""The handouts: pages that need nothing but themselves, with and without solutions."""

import base64
import re
from html.parser import HTMLParser

import nbformat
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
answer = 42
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
