"""The learner's copy of the lessons, and JupyterLab opened on it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent


def lessons() -> dict[str, Path]:
    """Return the course's own notebooks by their numbers, from the checkout or from the installed library."""
    folders = (CHECKOUT / "notebooks", PACKAGE / "data" / "notebooks")
    folder = next(folder for folder in folders if folder.is_dir())
    return {file.name[:2]: file for file in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}


def work_folder() -> Path:
    """Return the folder for the learner's copies: ``work`` in the checkout, else in the current folder."""
    return (CHECKOUT if (CHECKOUT / "notebooks").is_dir() else Path.cwd()) / "work"


def copy_lessons(folder: Path) -> list[Path]:
    """Copy the lessons that are not yet in a folder, and return the new copies; nothing there is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [file for file in lessons().values() if not (folder / file.name).exists()]
    return [Path(shutil.copyfile(file, folder / file.name)) for file in missing]


def restore(number: str, folder: Path) -> tuple[Path, Path | None]:
    """Put a fresh copy of one lesson in place; return it, and where the learner's own copy was moved, if there was one.

    Raises ValueError for a number that no lesson has.
    """
    if number not in lessons():
        raise ValueError(f"there is no lesson {number!r}: choose one of {', '.join(lessons())}")
    source = lessons()[number]
    target, kept = folder / source.name, None
    if target.exists():
        count = 1
        while (kept := target.with_name(f"{target.stem}_mine_{count}.ipynb")).exists():
            count += 1
        target.rename(kept)
    copy_lessons(folder)
    return target, kept


def open_lab(folder: Path) -> int:
    """Start JupyterLab in a folder, on its first lesson, and return its exit status when it is closed.

    It runs as root too, as in a container. Where there is no screen it prints its address instead of opening a browser.
    """
    first = min(folder.glob("[0-9][0-9]_*.ipynb"))
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={folder}"]
    command.append(f"--LabApp.default_url=/lab/tree/{first.name}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    has_screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not has_screen:
        command.append("--no-browser")
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 0
