"""The doctor: each thing is broken in turn, and the line about it says what is wrong, what to do, and how bad it is."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from packaging.specifiers import SpecifierSet

from lessons_lib import archive, checkpoints, doctor, reviews
from lessons_lib.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
Examine = Callable[[str], tuple[int, str]]
Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def examine(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Examine:
    """A function that runs one check by its subject and returns the exit status and what is printed about it."""

    def run(subject: str) -> tuple[int, str]:
        monkeypatch.setattr(doctor, "CHECKS", {subject: doctor.CHECKS[subject]})
        monkeypatch.setattr(doctor, "estimate", lambda: "soon")
        return main(["doctor"]), capsys.readouterr().out.removesuffix("[ok]   full IMDb run: soon\n")

    return run


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no local copy of IMDb."""
    monkeypatch.setenv("LESSONS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(archive.LOCAL_COPY, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def unread() -> Iterator[None]:
    """Reviews that were read before are read again."""
    reviews._read.cache_clear()
    yield
    reviews._read.cache_clear()


def test_every_subject_has_a_line_and_the_exit_status_tells_of_failures(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["doctor"])
    lines = [re.fullmatch(r"\[(ok|warn|fail)\] +([\w ]+): \S.*", line) for line in capsys.readouterr().out.splitlines()]
    assert all(lines)
    assert {line[2] for line in lines if line} == {*doctor.CHECKS, "full IMDb run"}
    assert status == any(line[1] == "fail" for line in lines if line)
    assert not cache.exists()


# Python and packages


def test_the_doctor_knows_the_pythons_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lowest, above = ("{}.{}".format(*version) for version in doctor.PYTHONS)
    assert SpecifierSet(project["requires-python"]) == SpecifierSet(f">={lowest},<{above}")


def test_an_unsupported_python_fails(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PYTHONS", ((3, 98), (3, 99)))
    status, text = examine("Python")
    assert status == 1
    assert text.startswith("[fail]") and "make lab PYTHON=/path/to/python3.98" in text


@pytest.mark.parametrize(
    ("package", "there", "status", "line"),
    [
        ("tqdm", None, 1, r'\[fail\] packages: tqdm is missing: \S+ -m pip install "tqdm<5,>=4.66"'),
        ("numpy", "3.1", 1, r'\[fail\] packages: numpy is 3.1 and should be <3,>=1.26: \S+ -m pip install "numpy'),
        ("ipywidgets", "7.7.1", 0, r"\[warn\] packages: ipywidgets is 7.7.1 and should be <9,>=8.1: "),
        ("scikit-learn", None, 0, r"\[warn\] packages: scikit-learn is missing: "),
        ("torch", "2.14.0.dev2+cu130", 0, r"\[ok\]   packages: .*torch 2.14.0.dev2\+cu130"),
    ],
)
def test_a_package_that_is_missing_or_unfit_is_named(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, package: str, there: str | None, status: int, line: str
) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name == package and there is None:
            raise metadata.PackageNotFoundError(name)
        return there if name == package else installed(name)

    monkeypatch.setattr(metadata, "version", version)
    found, text = examine("packages")
    assert found == status
    assert re.search(line, text)


def test_a_library_that_is_not_installed_fails(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    status, text = examine("packages")
    assert status == 1
    assert "the course is not installed in this Python" in text and 'pip install -e ".[lab]"' in text


def test_a_torch_that_cannot_be_loaded_is_told_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text('raise OSError("a library cannot be loaded")', encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "lessons_lib", "predict", "good"]
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "[fail] torch: OSError: a library cannot be loaded. Mend what failed above" in answer.stdout
    assert "[fail] full IMDb run: " in answer.stdout
    assert "Traceback" not in answer.stdout + answer.stderr


def test_more_threads_than_cores_are_a_warning(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.get_num_threads", lambda: 4096)
    status, text = examine("torch")
    assert status == 0
    assert re.match(r"\[warn\] torch: .* threads: 4096, .*OMP_NUM_THREADS=\d+\n", text)


def test_an_unused_graphics_card_is_a_warning(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/nvidia-smi")
    status, text = examine("torch")
    assert status == 0
    assert "[warn] torch: accelerator: an NVIDIA driver" in text


# Room


@pytest.mark.parametrize(("free", "line"), [(16e9, "[ok]   memory: 16.0 GB\n"), (1e9, "[warn] memory: 1.0 GB; ")])
def test_little_memory_is_a_warning(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, free: float, line: str
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    status, text = examine("memory")
    assert status == 0
    assert text.startswith(line)


def test_memory_is_told_without_the_optional_package(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    for system in ("with sysconf", "without"):
        if system == "without":
            monkeypatch.delattr(os, "sysconf", raising=False)
        status, text = examine("memory")
        assert status == 0
        assert ": unknown, because" in text or re.search(r": \d+\.\d GB", text)


@pytest.mark.parametrize(("free", "level", "status"), [(1e10, "[ok]", 0), (2e8, "[warn]", 0), (1e7, "[fail]", 1)])
def test_a_full_disk_fails(
    examine: Examine, cache: Path, monkeypatch: pytest.MonkeyPatch, free: float, level: str, status: int
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free))
    found, text = examine("disk")
    line = text.splitlines()[-1]
    assert found == status
    assert line.startswith(level)
    assert ("make room" in line) == (level != "[ok]")


def test_a_cache_folder_that_cannot_be_made_fails(examine: Examine, cache: Path) -> None:
    cache.write_text("a file in its place", encoding="utf-8")
    status, text = examine("disk")
    assert status == 1
    assert f"[fail] disk: cache folder {cache}: " in text and "LESSONS_CACHE" in text


@pytest.mark.parametrize("subject", ["disk", "data"])
def test_without_pooch_what_concerns_imdb_is_a_warning(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    monkeypatch.setitem(sys.modules, "pooch", None)
    monkeypatch.delenv(archive.LOCAL_COPY, raising=False)
    status, text = examine(subject)
    assert status == 0
    assert f"[warn] {subject}: looked at no further, because the package pooch is missing" in text


# Data, models, kernel


def test_a_damaged_sample_fails(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unread: None
) -> None:
    part = tmp_path / "sample.tar.gz"
    part.write_bytes(archive.SAMPLE.read_bytes()[:100_000])
    monkeypatch.setattr(archive, "SAMPLE", part)
    status, text = examine("data")
    assert status == 1
    assert text.startswith(f"[fail] data: ArchiveError: {part} cannot be read to its end")


def test_an_archive_that_was_not_fetched_is_a_warning(examine: Examine, cache: Path) -> None:
    status, text = examine("data")
    assert status == 0
    assert text.startswith("[ok]   data: sample: 3,000 training and 1,000 test reviews\n[warn] data: IMDb: not fetched")
    assert text.endswith("-m lessons_lib fetch\n")


def test_an_archive_that_broke_off_fails(examine: Examine, cache: Path) -> None:
    cache.mkdir()
    (cache / "aclImdb_v1.tar.gz").write_bytes(b"a part")
    status, text = examine("data")
    assert status == 1
    assert "[fail] data: IMDb: " in text and text.endswith("-m lessons_lib fetch\n")


def test_the_published_archive_is_known(examine: Examine, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    cache.mkdir()
    (cache / "aclImdb_v1.tar.gz").write_bytes(b"abc")
    status, text = examine("data")
    assert status == 0
    assert text.endswith("[ok]   data: IMDb: the published archive\n")


def test_a_local_copy_is_held_to_its_structure(
    examine: Examine, write_archive: Write, monkeypatch: pytest.MonkeyPatch, unread: None
) -> None:
    members = {f"aclImdb/{split}/{label}/0_1.txt": "film" for split in ("train", "test") for label in ("neg", "pos")}
    monkeypatch.setenv(archive.LOCAL_COPY, str(write_archive(members)))
    status, text = examine("data")
    assert status == 0
    assert text.endswith("[ok]   data: IMDb: 2 training and 2 test reviews\n")


@pytest.mark.parametrize("content", [None, b"no archive"])
def test_a_local_copy_that_cannot_be_used_fails(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unread: None, content: bytes | None
) -> None:
    path = tmp_path / "copy.tar.gz"
    if content:
        path.write_bytes(content)
    monkeypatch.setenv(archive.LOCAL_COPY, str(path))
    status, text = examine("data")
    assert status == 1
    assert "[fail] data: ArchiveError: " in text and str(path) in text and archive.LOCAL_COPY in text


def test_a_changed_model_fails(examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imdb_lstm.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(checkpoints, "SHIPPED", tmp_path)
    status, text = examine("shipped model")
    assert status == 1
    assert "[fail] shipped model: CheckpointError: " in text and "install the course anew" in text


@pytest.mark.parametrize(
    ("program", "status", "words"),
    [
        (sys.executable, 0, "python3 is this Python"),
        ("python3", 0, "python3 is this Python"),
        ("/opt/other/bin/python", 1, "python3 is another Python, /opt/other/bin/python: "),
    ],
)
def test_a_kernel_of_another_python_fails(
    examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, status: int, words: str
) -> None:
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Python 3"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found, text = examine("Jupyter")
    assert found == status
    assert words in text


def test_a_missing_kernel_fails(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", None)
    status, text = examine("Jupyter")
    assert status == 1
    assert "there is no kernel python3 (" in text and "): install ipykernel, then run " in text


# All checks


def test_a_check_that_breaks_off_is_a_failure(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[tuple[str, str]]:
        yield "ok", "so far"
        raise RuntimeError("two\nlines")

    monkeypatch.setitem(doctor.CHECKS, "Python", broken)
    status, text = examine("Python")
    assert status == 1
    assert text.startswith("[ok]   Python: so far\n[fail] Python: RuntimeError: two lines. Mend what failed above")


def test_the_estimate_counts_every_training_and_validation_review(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(perf_counter=count().__next__)  # each pass over the 256 reviews takes a second
    monkeypatch.setattr(doctor, "time", clock)
    assert "16 minutes for the book's LSTM, 10 epochs of 98 seconds" in doctor.estimate(seconds=0)  # 25,000 / 256
