"""The learner's copy of the lessons, and JupyterLab opened on it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from lessons_lib.files import whole

PACKAGE = Path(__file__).parent
INSTALLED = PACKAGE / "data" / "notebooks"  # only where there is no checkout
CHECKOUT = PACKAGE.parent


def lessons() -> dict[str, Path]:
    """Return the course's own notebooks by their numbers, from the checkout or from the installed library."""
    folder = INSTALLED if INSTALLED.is_dir() else CHECKOUT / "notebooks"
    return {file.name[:2]: file for file in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}


def work_folder() -> Path:
    """Return the folder for the learner's copies: ``work`` in the checkout, else in the current folder."""
    return (Path.cwd() if INSTALLED.is_dir() else CHECKOUT) / "work"


def copy_lessons(folder: Path) -> list[Path]:
    """Copy the lessons that are not yet in a folder, and return the new copies; nothing there is overwritten.

    Raises ValueError for a folder that cannot be written.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        copies = [folder / file.name for file in lessons().values() if not (folder / file.name).exists()]
        for copy in copies:
            with whole(copy) as unfinished:
                shutil.copyfile(lessons()[copy.name[:2]], unfinished)
    return copies


def restore(number: str, folder: Path) -> tuple[Path, Path | None]:
    """Put a fresh copy of one lesson in place; return it, and where the learner's own copy was moved, if there was one.

    Raises ValueError for a number that no lesson has, and for a folder that cannot be written.
    """
    if number not in lessons():
        raise ValueError(f"there is no lesson {number!r}: choose one of {', '.join(lessons())}")
    source = lessons()[number]
    target, kept = folder / source.name, None
    if target.exists():
        count = 1
        while (kept := target.with_name(f"{target.stem}_mine_{count}.ipynb")).exists():
            count += 1
        with _writing(folder):
            target.rename(kept)
    copy_lessons(folder)
    return target, kept


def open_lab(folder: Path) -> int:
    """Start JupyterLab in a folder, on its first lesson, and return its exit status when it is closed.

    It runs as root too, as in a container. Where there is no screen it prints its address instead of opening a browser.
    Where the home folder cannot be written, what Jupyter keeps there goes to ``folder``.

    Raises ValueError where JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise ValueError(f"{sys.executable} has no JupyterLab: install it with `make lab`, or with pip's extra [lab]")
    environment, home = dict(os.environ), os.path.expanduser("~")
    if not os.access(home, os.W_OK):
        print(f"The home folder {home} cannot be written: Jupyter keeps its settings in {folder}.")
        environment["HOME"] = str(folder)
    first = min(folder.glob("[0-9][0-9]_*.ipynb"))
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={folder}"]
    command.append(f"--LabApp.default_url=/lab/tree/{first.name}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    has_screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not has_screen:
        command.append("--no-browser")
    try:
        return subprocess.run(command, check=False, env=environment).returncode
    except KeyboardInterrupt:
        return 0


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise ValueError(
            f"{folder} cannot be written ({problem}): make room there, or clone the course into a folder of your own"
        ) from problem
