"""Put the course in one folder that installs with the network off: ``python -m tools.workshop_kit``.

pip judges the conditions of a dependency ("on Windows only") by the machine that it runs on. So it is asked for one
layer of packages at a time, without what they need, and what they need on the other machine is read from their wheels.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lessons_lib.files import sha256
from tools.check_python import LANES, this_machine
from tools.set_repository import ROOT

PARTS = ROOT / "tools" / "kit"  # what a kit holds as it stands there
COURSE = "lessons-lib[lab]"
SYSTEMS = {  # for each platform of wheels: the machine as check_python names it, and as the conditions of packages do
    "manylinux_2_28_x86_64": ("Linux x86_64", "posix", "linux", "Linux"),
    "manylinux_2_28_aarch64": ("Linux aarch64", "posix", "linux", "Linux"),
    "macosx_14_0_arm64": ("macOS arm64", "posix", "darwin", "Darwin"),
    "win_amd64": ("Windows AMD64", "nt", "win32", "Windows"),
}
PYTHONS = LANES["current"][2]


class KitError(Exception):
    """A kit that cannot be built as asked; the message says what to do."""


@dataclass(frozen=True)
class Target:
    """The machines a kit is for: a platform of wheels, such as "win_amd64", and a Python, such as "3.11"."""

    platform: str
    python: str

    @property
    def machine(self) -> str:
        """The system and the processor, such as "Windows AMD64"."""
        return SYSTEMS[self.platform][0]

    @property
    def conditions(self) -> dict[str, str]:
        """What the conditions of a dependency are judged by."""
        machine, os_name, sys_platform, system = SYSTEMS[self.platform]
        return {
            **default_environment(),
            "os_name": os_name,
            "sys_platform": sys_platform,
            "platform_system": system,
            "platform_machine": machine.split()[1],
            "platform_release": "",
            "platform_version": "",
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_version": f"{self.python}.0",
        }

    @property
    def platforms(self) -> list[str]:
        """The platforms whose wheels run there: on Linux also those of every older C library."""
        linux = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", self.platform)
        if not linux:
            return [self.platform]
        newest, processor = int(linux[1]), linux[2]
        return [f"manylinux_2_{minor}_{processor}" for minor in range(newest, 4, -1)] + [f"manylinux2014_{processor}"]


def target(platform: str | None, python: str | None) -> Target:
    """Return the machines that are asked for; None stands for this one. Raises KitError for a machine of no kit."""
    here = [name for name, system in SYSTEMS.items() if system[0] == this_machine()]
    platform = platform or next(iter(here), this_machine())
    if platform not in SYSTEMS:
        raise KitError(f"there is no kit for {platform!r}: choose a PLATFORM of {', '.join(SYSTEMS)}")
    python = python or "{}.{}".format(*sys.version_info)
    if python not in PYTHONS:
        raise KitError(f"there is no kit for Python {python!r}: choose a PYTHON_VERSION of {', '.join(PYTHONS)}")
    return Target(platform, python)


def missing(wheels: Path, machines: Target) -> list[str]:
    """Return what the course and the wheels in a folder need on some machines and is not in the folder.

    Raises KitError where a wheel in the folder does not fit what another one asks for.
    """
    there = {name: (version, needs) for name, version, needs in map(_facts, wheels.glob("*.whl"))}
    waiting, seen, lacking = [Requirement(COURSE)], set(), set()
    while waiting:
        need = waiting.pop()
        name = canonicalize_name(need.name)
        if name not in there:
            lacking.add(f"{name}{need.specifier}")
            continue
        version, needs = there[name]
        if not need.specifier.contains(version, prereleases=True):
            raise KitError(f"{name} {version} does not fit {need}: correct its version in constraints.txt")
        for extra in {"", *need.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            conditions = machines.conditions | {"extra": extra}
            waiting += [other for other in needs if not other.marker or other.marker.evaluate(conditions)]
    return sorted(lacking)


def _facts(wheel: Path) -> tuple[str, str, list[Requirement]]:
    """Return the name and the version of a wheel, and what it asks for."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        facts = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    needs = [Requirement(line) for line in facts.get_all("Requires-Dist", [])]
    return canonicalize_name(facts["Name"]), facts["Version"], needs


def download(needs: list[str], wheels: Path, machines: Target, torch_index: str) -> None:
    """Have pip put one wheel for each of these requirements into a folder.

    On Linux torch is looked up in ``torch_index`` too, unless that is empty. Raises KitError where pip fails.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--dest", str(wheels), "--constraint", str(ROOT / "constraints.txt")]
    command += ["--python-version", machines.python, *(f"--platform={name}" for name in machines.platforms)]
    index = [f"--extra-index-url={torch_index}"] if torch_index and machines.machine.startswith("Linux") else []
    torch = [need for need in needs if Requirement(need).name == "torch"]
    others = [need for need in needs if need not in torch]
    for asked, options in ((torch, index), (others, [])):
        if asked and subprocess.run([*command, *options, *asked], check=False).returncode:
            raise KitError(
                f"pip, whose complaint stands above, has no wheel for {machines.machine} and Python {machines.python} "
                f"of one of these: {', '.join(asked)}. Go online, or name a folder of wheels in PIP_FIND_LINKS; "
                "if a package has no such wheel, change its version in constraints.txt"
            )


def build(out: Path, machines: Target, fetch: Callable[[list[str], Path], None], imdb: Path | None = None) -> None:
    """Write a kit in place of the one in ``out``; the old one stays until the new one is whole.

    ``fetch`` puts wheels for requirements into a folder. ``imdb`` is an IMDb archive that the kit is to hold.
    Raises KitError where ``out`` is something else than a kit, or ``imdb`` no file.
    """
    if imdb and not imdb.is_file():
        raise KitError(f"there is no IMDb archive {imdb}: name the file aclImdb_v1.tar.gz, or leave it out")
    if out.exists() and not (out / "kit.json").is_file():
        raise KitError(f"{out} is there and is no kit: name another folder")
    unfinished, old = (out.with_name(out.name + ending) for ending in (".unfinished", ".old"))
    for left in (unfinished, old):
        shutil.rmtree(left, ignore_errors=True)
    wheels = unfinished / "wheels"
    wheels.mkdir(parents=True)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while needs := missing(wheels, machines):
        print(f"Fetching {', '.join(needs)}", flush=True)
        fetch(needs, wheels)
    (unfinished / "notebooks").mkdir()
    for file in [*ROOT.glob("notebooks/[0-9][0-9]_*.ipynb"), ROOT / "LICENSE.md", PARTS / "install.py"]:
        shutil.copy(file, unfinished / "notebooks" if file.suffix == ".ipynb" else unfinished)
    if imdb:
        (unfinished / "data").mkdir()
        shutil.copy(imdb, unfinished / "data" / "aclImdb_v1.tar.gz")
    facts = {"machine": machines.machine, "python": machines.python}
    (unfinished / "kit.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")
    text = (PARTS / "INSTALL.md").read_text(encoding="utf-8").format(**facts)
    (unfinished / "INSTALL.md").write_text(text, encoding="utf-8", newline="\n")
    (unfinished / "SHA256SUMS").write_text(sums(unfinished), encoding="utf-8", newline="\n")
    if out.exists():
        out.rename(old)
    unfinished.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def sums(folder: Path) -> str:
    """Return the lines of SHA256SUMS, as ``sha256sum --check`` reads them, for all files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = {file.relative_to(folder).as_posix(): sha256(file) for file in files}
    return "".join(f"{value}  {name}\n" for name, value in hashes.items())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.workshop_kit", description=__doc__)
    parser.add_argument("--platform", help=f"the machines it is for, else those like this one: {', '.join(SYSTEMS)}")
    parser.add_argument("--python-version", help=f"their Python, else this one: {', '.join(PYTHONS)}")
    parser.add_argument("--torch-index", default="", metavar="URL", help="where torch for Linux is looked up too")
    parser.add_argument("--imdb", type=Path, metavar="FILE", help="an IMDb archive to take along (84 MB)")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: dist/workshop-kit/PLATFORM-PYTHON")
    options = parser.parse_args()
    try:
        machines = target(options.platform, options.python_version)
        out = options.out or ROOT / "dist" / "workshop-kit" / f"{machines.platform}-{machines.python}"
        build(out, machines, lambda needs, wheels: download(needs, wheels, machines, options.torch_index), options.imdb)
    except (KitError, OSError) as problem:
        sys.exit(f"workshop kit: {problem}")
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{out}: {size / 1e6:.0f} MB for {machines.machine}, Python {machines.python}. Go on with its INSTALL.md.")


if __name__ == "__main__":
    main()
