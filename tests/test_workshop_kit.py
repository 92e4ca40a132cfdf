"""The workshop kit: what it collects for another machine, that it is whole, and that it installs without a network."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

from tools.check_python import this_machine
from tools.set_repository import ROOT
from tools.workshop_kit import KitError, Target, build, missing, sums, target

WINDOWS, MAC, LINUX = (Target(name, "3.11") for name in ("win_amd64", "macosx_14_0_arm64", "manylinux_2_28_x86_64"))


def wheel(folder: Path, name: str, version: str, *needs: str) -> None:
    """Write a wheel without code that pip can install."""
    stem = f"{name.replace('-', '_')}-{version}"
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + "".join(f"Requires-Dist: {need}\n" for need in needs),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "".join(f"{stem}.dist-info/{file},,\n" for file in ("METADATA", "WHEEL", "RECORD")),
    }
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        for file, text in files.items():
            archive.writestr(f"{stem}.dist-info/{file}", text)


def invent(needs: list[str], wheels: Path) -> None:
    """Stand in for pip: write a wheel of the tested version for each requirement."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    for name in {Requirement(need).name for need in needs}:
        wheel(wheels, name, pins[name])


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kit for this machine whose folder has a space and other letters in its name."""
    out = tmp_path_factory.mktemp("a room") / "kit für heute"
    imdb = out.parent / "archive.tar.gz"
    imdb.write_bytes(b"reviews")
    build(out, target(None, None), invent, imdb)
    return out


@pytest.fixture(scope="module")
def installer(kit: Path) -> ModuleType:
    return load(kit / "install.py")


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# What another machine needs


@pytest.mark.parametrize(("machines", "expected"), [(WINDOWS, ["colorama"]), (MAC, ["appnope"]), (LINUX, ["cuda>=12"])])
def test_conditions_are_judged_by_the_machine_the_kit_is_for(
    tmp_path: Path, machines: Target, expected: list[str]
) -> None:
    wheel(
        tmp_path,
        "lessons-lib",
        "1",
        'colorama; sys_platform == "win32" and os_name == "nt"',
        'appnope; platform_system == "Darwin" and platform_machine == "arm64"',
        'cuda>=12; platform_system == "Linux" and platform_machine == "x86_64"',
        'old; python_version < "3.11"',
    )
    assert missing(tmp_path, machines) == expected


def test_only_the_asked_extras_are_followed_and_all_the_way(tmp_path: Path) -> None:
    wheel(tmp_path, "lessons-lib", "1", "A.b[fast]>=1", 'lab; extra == "lab"', 'ruff; extra == "test"')
    wheel(tmp_path, "a-b", "1.5", 'speed; extra == "fast"', 'slow; extra == "slow"', "lessons-lib")
    wheel(tmp_path, "lab", "2", "a-b")
    assert missing(tmp_path, LINUX) == ["speed"]
    wheel(tmp_path, "speed", "0")
    assert missing(tmp_path, LINUX) == []


def test_a_wheel_that_does_not_fit_is_named(tmp_path: Path) -> None:
    wheel(tmp_path, "lessons-lib", "1", "numpy<2")
    wheel(tmp_path, "numpy", "2.4.6")
    with pytest.raises(KitError, match=r"numpy 2\.4\.6 does not fit numpy<2: .*constraints\.txt"):
        missing(tmp_path, LINUX)


def test_a_local_version_fits(tmp_path: Path) -> None:
    wheel(tmp_path, "lessons-lib", "1", "torch>=2.3,<3")
    wheel(tmp_path, "torch", "2.13.0+cpu")
    assert missing(tmp_path, LINUX) == []


def test_linux_takes_wheels_of_older_systems_too() -> None:
    platforms = Target("manylinux_2_28_aarch64", "3.12").platforms
    assert platforms[0] == "manylinux_2_28_aarch64"
    assert {"manylinux_2_17_aarch64", "manylinux2014_aarch64"} <= set(platforms)
    assert WINDOWS.platforms == ["win_amd64"]


@pytest.mark.parametrize(
    ("platform", "python", "advice"),
    [("macosx_11_0_arm64", None, "macosx_14_0_arm64, win_amd64"), ("win_amd64", "3.10", "3.11, 3.12, 3.13")],
)
def test_a_machine_of_no_kit_is_refused_with_those_there_are(platform: str, python: str | None, advice: str) -> None:
    with pytest.raises(KitError, match=advice):
        target(platform, python)


def test_the_default_is_this_machine() -> None:
    machines = target(None, None)
    assert (machines.machine, machines.python) == (this_machine(), "{}.{}".format(*sys.version_info))


# The folder


def test_a_kit_holds_everything_and_a_sum_of_each_file(kit: Path) -> None:
    listed = dict(reversed(line.split("  ", 1)) for line in (kit / "SHA256SUMS").read_text("utf-8").splitlines())
    files = {file.relative_to(kit).as_posix(): file for file in kit.rglob("*") if file.is_file()}
    assert set(listed) == set(files) - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == value for name, value in listed.items())
    assert {file.name for file in ROOT.glob("notebooks/[0-9]*.ipynb")} == set(os.listdir(kit / "notebooks"))
    assert {"INSTALL.md", "install.py", "data/aclImdb_v1.tar.gz"} <= set(files)
    assert missing(kit / "wheels", target(None, None)) == []


def test_the_instructions_name_the_machine_and_the_python(kit: Path) -> None:
    text = (kit / "INSTALL.md").read_text(encoding="utf-8")
    python = "{}.{}".format(*sys.version_info)
    assert f"for {this_machine()} with Python {python}" in text
    assert f"py -{python} " in text


def test_a_kit_that_could_not_be_finished_leaves_the_old_one(kit: Path) -> None:
    def offline(needs: list[str], wheels: Path) -> None:
        raise KitError("no network")

    before = sums(kit)
    with pytest.raises(KitError, match="no network"):
        build(kit, target(None, None), offline)
    assert sums(kit) == before


def test_a_new_kit_replaces_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "kit"
    out.mkdir()
    (out / "kit.json").touch()
    (out / "stale").touch()
    build(out, target(None, None), invent)
    assert os.listdir(tmp_path) == ["kit"]
    assert not (out / "stale").exists()
    assert not (out / "data").exists()


def test_a_folder_that_is_no_kit_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(KitError, match="is no kit: name another folder"):
        build(tmp_path, LINUX, invent)
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_an_archive_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"no IMDb archive .*missing\.tar\.gz"):
        build(tmp_path / "kit", LINUX, invent, tmp_path / "missing.tar.gz")


# Installing it


@pytest.mark.parametrize(
    ("machine", "python", "advice"),
    [
        ("Amiga 68000", "3.11", "Ask for the kit for Amiga 68000"),
        (this_machine(), "3.9", "Install Python {python}, then run this with it: python{python} install.py"),
    ],
)
def test_another_machine_or_python_is_refused(installer: ModuleType, machine: str, python: str, advice: str) -> None:
    assert advice.format(python="{}.{}".format(*sys.version_info)) in installer.refusal(machine, python)


@pytest.mark.parametrize("damage", [lambda file: file.write_text("half"), lambda file: file.unlink()])
def test_a_damaged_copy_is_refused(tmp_path: Path, kit: Path, damage: Callable[[Path], None]) -> None:
    for name in ("install.py", "kit.json"):
        (tmp_path / name).write_bytes((kit / name).read_bytes())
    (tmp_path / "SHA256SUMS").write_text(sums(tmp_path), encoding="utf-8")
    copied = load(tmp_path / "install.py")
    python = "{}.{}".format(*sys.version_info)
    assert copied.refusal(this_machine(), python) == ""
    damage(tmp_path / "install.py")
    assert "install.py is missing or damaged. Copy the kit again." in copied.refusal(this_machine(), python)


def test_it_installs_from_its_own_wheels_alone_and_has_the_doctor_look(tmp_path: Path, kit: Path) -> None:
    folder = tmp_path / "my lessons"
    folder.mkdir()
    environment = os.environ | {"PIP_INDEX_URL": "http://localhost:1/", "PIP_FIND_LINKS": "/nowhere", "PYTHONPATH": ""}
    command = [sys.executable, str(kit / "install.py")]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    [python] = [*folder.glob(".venv-lessons/bin/python"), *folder.glob(".venv-lessons/Scripts/python.exe")]
    report = [str(python), "-m", "pip", "list", "--format=freeze"]
    installed = subprocess.run(report, capture_output=True, text=True, check=True).stdout
    assert {"lessons-lib", "torch", "jupyterlab"} <= {line.partition("==")[0] for line in installed.splitlines()}
    assert answer.returncode == 1  # the wheels are empty, as the doctor sees
    assert answer.stderr.splitlines()[-1].startswith("The course is installed, but something is not well: [fail] above")


def test_the_last_line_says_how_to_start(
    tmp_path: Path,
    kit: Path,
    installer: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(installer, "install", lambda folder: folder / "bin" / "python")
    monkeypatch.setattr(subprocess, "run", lambda command, check: subprocess.CompletedProcess(command, 0))
    installer.main()
    told = capsys.readouterr().out
    assert told.endswith(f"{Path('bin', 'python')} -m lessons_lib lab\n")
    assert str(kit / "data" / "aclImdb_v1.tar.gz") in told
