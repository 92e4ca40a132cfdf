"""Render the lessons as web pages that are read and printed alone, offline: ``python -m tools.handouts``."""

import argparse
import base64
import html
import io
import re
from pathlib import Path

from matplotlib.mathtext import math_to_image
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from lessons_lib.files import whole
from tools.notebooks import read, select
from tools.set_repository import ROOT, read_address

SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>.*?</details>\s*", re.DOTALL)
LESSON_LINK = re.compile(r"\]\((\d\d_\w+)\.ipynb\b")
# A formula, or code, which may hold dollar signs of its own.
FORMULA = re.compile(r"```.*?```|`[^`\n]*`|\$\$(?P<display>.+?)\$\$|\$(?P<inline>.+?)\$", re.DOTALL)
POINTS = 10  # of the letters that a formula is drawn with
# nbconvert's page without its scripts, which come from the network, and with a column that is easy to read.
PAGE = """
{%- extends 'lab/index.html.j2' -%}
{% block html_head_js %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block html_head_css %}
<style>
main { max-width: 62rem; margin: 0 auto; padding: 1rem; }
.jp-Notebook { overflow: visible; }
.jp-OutputArea-output pre, .highlight pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.jp-OutputArea-output img, .jp-RenderedMarkdown img { max-width: 100%; height: auto; }
details { margin: 0.5rem 0; padding: 0.3rem 0.8rem; border-left: 3px solid #bbb; }
summary { cursor: pointer; font-weight: bold; }
@media print { .jp-OutputArea, .highlight, table, figure, details { break-inside: avoid; } }
</style>
{% endblock %}
"""


def handout(lesson: NotebookNode, title: str, solutions: bool) -> str:
    """Return a lesson as one HTML page that needs nothing else; its solutions are unfolded in it, or left out."""
    address = read_address(ROOT)
    cells = [cell for cell in lesson.cells if cell.source != address.install_cell]
    for cell in cells:
        if cell.cell_type == "markdown":
            text = LESSON_LINK.sub(r"](\1.html", cell.source.replace(address.colab_badge(f"{title}.ipynb"), ""))
            text = text.replace("<details>", "<details open>") if solutions else SOLUTION.sub("", text)
            cell.source = FORMULA.sub(_drawn, text)
    exporter = HTMLExporter(raw_template=PAGE, exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.log.setLevel("ERROR")  # the text beside a plot says what it shows
    page, _ = exporter.from_notebook_node(NotebookNode(lesson | {"cells": cells}), {"metadata": {"name": title}})
    return page


def _drawn(place: re.Match[str]) -> str:
    """Return the formula that was found as an image for Markdown, and code as it is."""
    formula = place["display"] or place["inline"]
    return drawing(formula, is_display=bool(place["display"])) if formula else place[0]


def drawing(formula: str, is_display: bool = False) -> str:
    """Return a formula in LaTeX as an HTML image that holds its own drawing; its size goes with the text around it.

    Raises ValueError for a formula that matplotlib cannot draw.
    """
    source = " ".join(formula.split())
    text = re.sub(r"\\sqrt (\w)", r"\\sqrt{\1}", source)  # short forms that matplotlib does not know
    text = re.sub(r"\\t?frac(\w)(\w)", r"\\frac{\1}{\2}", text)
    if is_display:
        text = text.replace(r"\frac", r"\dfrac")
    image = io.BytesIO()
    try:
        depth = math_to_image(f"${text}$", image, dpi=72, format="svg") / POINTS
    except ValueError as problem:
        raise ValueError(f"the formula ${formula}$ cannot be drawn: write it with what matplotlib knows") from problem
    height = float(re.search(rb'height="([\d.]+)pt"', image.getvalue())[1]) / POINTS
    place = "display: block; margin: 1em auto" if is_display else f"vertical-align: {-depth:.2f}em"
    alt = html.escape(source).replace("|", "&#124;")  # a bar would end the cell of a table
    data = base64.b64encode(image.getvalue()).decode("ascii")
    return f'<img alt="{alt}" style="height: {height:.2f}em; {place}" src="data:image/svg+xml;base64,{data}">'


def main() -> None:
    """Write each page without solutions, and with them into a folder of their own."""
    parser = argparse.ArgumentParser(prog="python -m tools.handouts", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="NN", help="numbers of lessons; none: all")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "handouts", help="a folder (default dist/handouts)")
    options = parser.parse_args()
    for path in select(options.lessons):
        for folder, solutions in ((options.out, False), (options.out / "with_solutions", True)):
            with whole(folder / f"{path.stem}.html") as unfinished:
                unfinished.write_text(handout(read(path), path.stem, solutions), encoding="utf-8", newline="\n")
            print(folder / f"{path.stem}.html")


if __name__ == "__main__":
    main()
