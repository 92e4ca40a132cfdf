"""Install the course from this folder, with the network off: run it in the folder that is to hold your lessons."""

import hashlib
import importlib.util
import json
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

KIT = Path(__file__).resolve().parent
ENVIRONMENT = ".venv-lessons"


def refusal(machine: str, python: str) -> str:
    """Return why the course cannot be installed here, and what to do; nothing where it can."""
    kit = json.loads((KIT / "kit.json").read_text(encoding="utf-8"))
    if machine != kit["machine"]:
        return f"This kit is for {kit['machine']}, and this Python is for {machine}. Ask for the kit for {machine}."
    if python != kit["python"]:
        return f"This kit is for Python {kit['python']}, and {sys.executable} is Python {python}. {HOW.format(**kit)}"
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        return f"{sys.executable} lacks venv or ensurepip. On Debian and Ubuntu: sudo apt install python{python}-venv"
    for line in (KIT / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        expected, name = line.split("  ", 1)
        file = KIT / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != expected:
            return f"{file} is missing or damaged. Copy the kit again."
    return ""


HOW = "Install Python {python}, then run this with it: python{python} install.py, on Windows py -{python} install.py"


def install(folder: Path) -> Path:
    """Make an environment in a folder and return its Python; what an earlier, broken try left there is replaced."""
    environment = folder / ENVIRONMENT
    venv.create(environment, clear=True, with_pip=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # --isolated: no pip.conf and no PIP_… variable of this machine has a say
    command = [str(python), "-m", "pip", "--isolated", "install", "--disable-pip-version-check", "--quiet"]
    command += ["--no-index", "--find-links", str(KIT / "wheels"), "lessons-lib[lab]"]
    subprocess.run(command, check=True)
    return python


def main() -> None:
    machine = f"{platform.system().replace('Darwin', 'macOS')} {platform.machine()}"
    problem = refusal(machine, "{}.{}".format(*sys.version_info))
    if problem:
        sys.exit(problem)
    print("Installing. This takes a few minutes and needs no network.", flush=True)
    folder = Path.cwd()
    try:
        python = install(folder)
    except (OSError, subprocess.CalledProcessError) as problem:
        advice = "choose a folder with a short path, which you may write to, on a disk with 2 GB of room"
        sys.exit(f"{problem}\nThe course could not be installed in {folder}: {advice}.")
    if subprocess.run([str(python), "-m", "lessons_lib", "doctor"], check=False).returncode:
        sys.exit("\nThe course is installed, but something is not well: [fail] above says what, and what to do.")
    imdb = KIT / "data" / "aclImdb_v1.tar.gz"
    if imdb.is_file():
        print(f"\nFor the full IMDb name this file, or a copy of it, in the variable LESSONS_IMDB_ARCHIVE:\n{imdb}")
    command = f"{python.relative_to(folder)} -m lessons_lib lab"
    print(f"\nReady. In {folder} type, today and whenever you come back:\n\n{command}")


if __name__ == "__main__":
    main()
