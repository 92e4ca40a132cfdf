"""Run the lessons, store their outputs in one normal form, and tell how long they take to read."""

import argparse
import copy
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbformat.reader import NotJSONError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WORDS_PER_MINUTE = 180
HEADING = re.compile(r"## (?:(?P<number>\d+)\. )?(?P<title>.+?)(?: \((?P<minutes>\d+) min\))?$")
ALLOWANCE = re.compile(r"\ballow (\d+) minutes?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A `## ` heading of a lesson with all that stands below it up to the next one."""

    number: int | None
    title: str
    stated: int | None
    text: str
    words: int

    @property
    def computed(self) -> float:
        """The minutes it takes: its words, code included, and the allowances that its prose states."""
        return self.words / WORDS_PER_MINUTE + sum(int(minutes) for minutes in ALLOWANCE.findall(self.text))


def read(path: Path) -> NotebookNode:
    """Return a lesson as it is stored; stop, and name the file, where that is no notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except NotJSONError as error:
        sys.exit(f"{path.name}: {error}")


def sections(notebook: NotebookNode) -> list[Section]:
    """Return the sections of a lesson; the frame, which stands before the first heading, is none."""
    groups: list[list[NotebookNode]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            groups.append([])
        if groups:
            groups[-1].append(cell)
    return [_section(cells) for cells in groups]


def _section(cells: list[NotebookNode]) -> Section:
    heading = HEADING.match(cells[0].source.splitlines()[0])
    assert heading, "a section starts with its heading"
    return Section(
        number=int(heading["number"]) if heading["number"] else None,
        title=heading["title"],
        stated=int(heading["minutes"]) if heading["minutes"] else None,
        text="\n".join(cell.source for cell in cells if cell.cell_type == "markdown"),
        words=sum(len(cell.source.split()) for cell in cells),
    )


def normalise(notebook: NotebookNode, lesson: str) -> str:
    """Return the one text that a lesson, such as "01", is stored as, whatever editor or run it came from."""
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    count = 0
    for index, cell in enumerate(notebook.cells):
        cell.id = f"{lesson}-{index:02d}"
        cell.metadata = {"tags": sorted(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
        cell.source = cell.source.strip("\n")
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = _join_streams(cell.outputs)
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    return nbformat.writes(notebook) + "\n"


def _join_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join the pieces of stdout and of stderr, and keep only the last state of a line drawn over and over."""
    joined: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name in streams:
            streams[output.name].text += output.text
        else:
            streams[output.name] = output
            joined.append(output)
    for stream in streams.values():
        stream.text = re.sub(r"^.*\r(?!\n)", "", stream.text, flags=re.MULTILINE)
    return [output for output in joined if output.output_type != "stream" or output.text]


def execute(notebook: NotebookNode, data: str) -> None:
    """Run a lesson in place: a fresh kernel, an empty folder, none of the user's settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings, work = Path(folder, "settings"), Path(folder, "work")
        settings.mkdir()
        work.mkdir()
        (settings / "matplotlibrc").touch()
        environment = os.environ | {
            "LESSONS_DATA": data,
            "IPYTHONDIR": str(settings),
            "MATPLOTLIBRC": str(settings),
        }
        environment.pop("MPLBACKEND", None)
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=None,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(work)}},
        )
        client.execute(env=environment)


def run(paths: list[Path], data: str, store: bool, twice: bool = False) -> bool:
    """Run lessons, say how long each took, write them where `store` says so; return whether all went well.

    `twice` runs all cells and then all cells again, in the same kernel.
    """
    well = True
    for path in paths:
        notebook = read(path)
        if twice:
            notebook.cells += copy.deepcopy(notebook.cells)
        start = time.perf_counter()
        try:
            execute(notebook, data)
        except CellExecutionError as error:
            well = False
            print(f"{path.name}, cell {_failed(notebook)}: {error}", file=sys.stderr)
        except DeadKernelError as error:
            well = False
            print(f"{path.name}: {error}", file=sys.stderr)
        else:
            if store:
                path.write_text(normalise(notebook, path.name[:2]), encoding="utf-8", newline="\n")
            print(f"{path.name}: {time.perf_counter() - start:.1f} s", flush=True)
    return well


def _failed(notebook: NotebookNode) -> int:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    failed = [any(output.output_type == "error" for output in cell.outputs) for cell in code]
    return failed.index(True) + 1


def check(paths: list[Path]) -> bool:
    """Name each lesson that is not in its normal form; return whether all are."""
    well = True
    for path in paths:
        stored = path.read_bytes().decode("utf-8")
        normal = normalise(read(path), path.name[:2])
        if stored != normal:
            well = False
            print(f"{path.name}: {_difference(stored, normal)}", file=sys.stderr)
    return well


def _difference(stored: str, normal: str) -> str:
    pairs = zip(stored.split("\n"), normal.split("\n"), strict=False)
    for number, (have, want) in enumerate(pairs, start=1):
        if have != want:
            return f"not in normal form: line {number} is {have.strip()[:80]!r}, not {want.strip()[:80]!r}"
    return "not in normal form: it ends differently"


def select(lessons: list[str]) -> list[Path]:
    """Return the files of the lessons with these numbers, or of all lessons, in reading order."""
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    unknown = set(lessons) - {path.name[:2] for path in paths}
    if unknown:
        sys.exit(f"no lesson {', '.join(sorted(unknown))} in {NOTEBOOKS.name}/")
    return [path for path in paths if not lessons or path.name[:2] in lessons]


def print_minutes(paths: list[Path]) -> None:
    """Print the stated and the computed minutes of each section."""
    for path in paths:
        parts = sections(read(path))
        print(f"{path.name}: {sum(part.stated or 0 for part in parts)} min stated")
        for part in parts:
            stated = "-" if part.stated is None else part.stated
            print(f"  {stated:>3} stated {part.computed:5.1f} computed  {part.title}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in {
        "write": "run on the sample and store the outputs in normal form",
        "check": "fail where a file is not in normal form",
        "run": "run without storing anything",
        "minutes": "print the stated and the computed minutes of each section",
    }.items():
        command = commands.add_parser(name, help=help_text)
        command.add_argument("lessons", nargs="*", metavar="NN", help="numbers of lessons; none: all")
        if name == "run":
            command.add_argument("--data", choices=["sample", "imdb"], required=True)
            command.add_argument("--twice", action="store_true", help="all cells, and all again in the same kernel")
    options = parser.parse_args()
    paths = select(options.lessons)
    if options.command == "minutes":
        print_minutes(paths)
    elif options.command == "check":
        sys.exit(not check(paths))
    elif options.command == "write":
        sys.exit(not run(paths, "sample", store=True))
    else:
        sys.exit(not run(paths, options.data, store=False, twice=options.twice))


if __name__ == "__main__":
    main()
