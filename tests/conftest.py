"""Fixtures that several test modules use."""

import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: slow machines exist. The same examples in every run.
settings.register_profile("lessons", deadline=None, derandomize=True)
settings.load_profile("lessons")


@pytest.fixture
def write_archive(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """A function that writes an ``aclImdb``-like tar from {member name: text} and returns its path."""

    def write(members: Mapping[str, str]) -> Path:
        path = tmp_path / "archive.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for name, text in members.items():
                member, data = tarfile.TarInfo(name), text.encode("utf-8")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        return path

    return write
