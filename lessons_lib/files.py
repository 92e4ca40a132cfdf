"""Files: written whole or not at all, and told apart by their hash."""

import glob
import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ABANDONED = 3600  # seconds since anything was written to an unfinished file


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a new path beside ``path``; what is written there takes the place of ``path`` if nothing fails.

    The folder is made where it is missing. Two processes may write the same file at once: one of them wins, whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.unfinished")
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(path: Path) -> None:
    """Remove what processes that were killed while they wrote ``path`` left beside it, an hour or more ago."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*.unfinished"):
        with suppress(OSError):  # another process was faster
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()
