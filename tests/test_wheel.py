"""The wheel: what Colab installs, where there is no checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_it_holds_the_library_with_all_its_data_the_lessons_and_the_figures(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling builds the wheel: pip install -e '.[test]'")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {file.relative_to(ROOT).as_posix() for file in ROOT.glob("lessons_lib/**/*.*") if file.suffix != ".pyc"}
    files |= {f"lessons_lib/data/{file.relative_to(ROOT).as_posix()}" for file in ROOT.glob("notebooks/*.ipynb")}
    files |= {f"lessons_lib/data/{file.relative_to(ROOT).as_posix()}" for file in ROOT.glob("figures/*.png")}
    assert packed == files
