"""The drawn figures of the course, shown from the checkout or from the installed library."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.display import Image

PACKAGE = Path(__file__).parent
FOLDERS = (PACKAGE.parent / "figures", PACKAGE / "data" / "figures")
WIDTH = 760


def path(name: str) -> Path:
    """Return the PNG of a figure; raises ValueError, naming the figures there are, for an unknown name."""
    for folder in FOLDERS:
        if (folder / f"{name}.png").is_file():
            return folder / f"{name}.png"
    there = sorted({file.stem for folder in FOLDERS for file in folder.glob("*.png")})
    raise ValueError(f"there is no figure {name!r}; figures: {', '.join(there)}")


def show(name: str) -> "Image":
    """Return a figure for a notebook to display, e.g. ``figures.show("lstm_cell")``."""
    from IPython.display import Image

    return Image(filename=path(name), width=WIDTH)
