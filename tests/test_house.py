"""The files that describe the project agree with each other, and the lessons need no more than they say."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import lessons_lib
from tools.check_python import LANES

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
TOP_LEVEL = {
    *("README.md", "LICENSE.md", "CONTRIBUTING.md", "Makefile"),
    *("environment.yml", "pyproject.toml", "constraints.txt"),
    *("notebooks", "lessons_lib", "figures", "tests", "benchmarks", "instructors", "tools"),
    *(".ci", ".github", ".gitignore", ".gitattributes"),
}
PACKAGE = ROOT / "lessons_lib"
MODULES = [
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name not in ("__init__.py", "__main__.py")
]
IMPORT_WITHOUT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is no dependency of the lessons", name=name)

blocked = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Refuse())
for module in sys.argv[2:]:
    importlib.import_module(f"lessons_lib.{module}")
"""


def requirements(lines: list[str]) -> dict[str, Requirement]:
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def pythons(lane: str) -> tuple[str, ...]:
    """The Pythons that tools/check_python.py lets a lane run on."""
    return LANES[lane][2]


ASKED = requirements([*PROJECT["dependencies"], *EXTRAS["lab"], *EXTRAS["test"]])


@pytest.fixture
def pins() -> dict[str, str]:
    """The versions in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


@pytest.fixture
def environment() -> str:
    return (ROOT / "environment.yml").read_text(encoding="utf-8")


@pytest.fixture
def workflow() -> str:
    return (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")


@pytest.fixture
def textbook(environment: str) -> dict[str, Requirement]:
    """What the pip section of environment.yml names, less the library itself."""
    return requirements(re.findall(r"^      - (\w.*)$", environment, re.MULTILINE))


# Versions


def test_every_dependency_is_pinned(pins: dict[str, str]) -> None:
    assert set(ASKED) <= set(pins)


def test_every_pin_is_in_its_range(pins: dict[str, str]) -> None:
    assert not {name: pins[name] for name in ASKED if pins[name] not in ASKED[name].specifier}


def test_pins_fit_every_machine(pins: dict[str, str]) -> None:
    assert not [version for version in pins.values() if "+" in version]


def test_the_textbook_stack_is_the_torchtext_extra(textbook: dict[str, Requirement]) -> None:
    extra = requirements(EXTRAS["torchtext"])
    assert {name: textbook[name].specifier for name in extra} == {name: extra[name].specifier for name in extra}


def test_the_textbook_stack_names_nothing_unknown(textbook: dict[str, Requirement]) -> None:
    assert set(textbook) <= {*ASKED, "torchtext"}


@pytest.mark.parametrize(("name", "version"), [("torch", "2.3.1"), ("numpy", "1.26.4")])
def test_the_textbook_stack_is_allowed(textbook: dict[str, Requirement], name: str, version: str) -> None:
    assert version in textbook[name].specifier & ASKED[name].specifier


def test_the_textbook_stack_installs_the_library_with_its_extras(environment: str) -> None:
    assert "      - -e .[lab,test]\n" in environment


def test_the_textbook_python_is_allowed(environment: str) -> None:
    version = re.search(r"- python=(\S+)", environment)
    assert version
    assert version[1] in pythons("torchtext")


def test_make_conda_and_the_workflow_take_torch_from_the_same_index(environment: str, workflow: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    index = re.search(r"^TORCH_INDEX \?= (\S+)$", makefile, re.MULTILINE)
    assert index
    assert f"--extra-index-url {index[1]}\n" in environment
    assert f"--extra-index-url {index[1]}\n" in workflow


def test_every_allowed_python_is_tested_in_every_lane_that_runs_on_it(workflow: str) -> None:
    allowed = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in SpecifierSet(PROJECT["requires-python"])]
    matrix = re.search(r"^ +python: (\[.*\])$", workflow, re.MULTILINE)
    excluded = re.findall(r"- { lane: torchtext, python: \"(.*)\" }", workflow)
    assert matrix
    assert json.loads(matrix[1]) == allowed == list(pythons("current"))
    assert [version for version in allowed if version not in excluded] == list(pythons("torchtext"))


def test_colab_has_what_the_library_asks_for() -> None:
    lines = (ROOT / "tools" / "colab.txt").read_text(encoding="utf-8").splitlines()
    there = requirements([line for line in lines if not line.startswith("#")])
    for name, asked in requirements(PROJECT["dependencies"]).items():
        assert all(pin.version.removesuffix(".*") in asked.specifier for pin in there[name].specifier), name


def test_the_library_knows_its_version() -> None:
    assert lessons_lib.__version__ == PROJECT["version"]


# The top level


def test_the_top_level_holds_nothing_else() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("this is no git checkout")
    assert {name.partition("/")[0] for name in listing.stdout.splitlines()} <= TOP_LEVEL


# What the lessons import


def closure(names: list[str]) -> set[str]:
    """Return the distributions that these need, themselves included, as they are installed here."""
    found: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        for need in map(Requirement, needs):
            if not need.marker or need.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(need.name))
    return found


def test_the_lessons_import_only_what_colab_has() -> None:
    allowed = closure(list(requirements(PROJECT["dependencies"])))
    owners = metadata.packages_distributions().items()
    blocked = {module for module, names in owners if not allowed.intersection(map(canonicalize_name, names))}
    blocked.discard("lessons_lib")
    assert {"IPython", "sklearn", "pooch"} <= blocked
    command = [sys.executable, "-c", IMPORT_WITHOUT, ",".join(blocked), *MODULES]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
