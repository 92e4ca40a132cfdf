"""Stop with what to do, before anything is downloaded, where this Python cannot build the environment of a lane.

``python tools/check_python.py LANE``: current (the default), torchtext or colab. It runs on any Python from 3.6 on.
"""

import importlib.util
import platform
import sys
import sysconfig

# For each lane: what it is for, how to name a Python, the Pythons and the machines with packages, what else to do.
LANES = {
    "current": (
        "the course",
        "make PYTHON=/path/to/python3.11",
        ("3.11", "3.12", "3.13"),
        ("Linux x86_64", "Linux aarch64", "macOS arm64", "Windows AMD64"),
        "Open the lessons in Colab: each of them has the link.",
    ),
    "torchtext": (
        "torchtext",
        "make test-torchtext PYTHON=/path/to/python3.11",
        ("3.11", "3.12"),
        ("Linux x86_64", "macOS arm64", "Windows AMD64"),
        "The lessons do without it: make lab and make test take a current PyTorch and an equal vocabulary.",
    ),
    "colab": (
        "Colab's environment",
        "make test-colab COLAB_PYTHON=/path/to/python3.13",
        ("3.13",),
        ("Linux x86_64", "Linux aarch64", "macOS arm64", "Windows AMD64"),
        "Open the lessons in Colab itself: each of them has the link.",
    ),
}


def refusal(lane: str, version: str, machine: str) -> str:
    """Return why a lane cannot run on a Python, such as "3.11", and a machine, and what to do; nothing where it can."""
    name, command, versions, machines, alternative = LANES[lane]
    if machine not in machines:
        return f"On {machine} {name} cannot run: there are packages only for {_join(machines)}.\n{alternative}"
    if version not in versions:
        return (
            f"{sys.executable} is Python {version}; {name} needs {_join(versions)}.\n"
            f"Install Python {versions[0]}, or name the one you have: {command}"
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        return (
            f"{sys.executable} lacks the module venv or ensurepip and cannot build an environment.\n"
            f"On Debian and Ubuntu: sudo apt install python{version}-venv"
        )
    return ""


def this_machine() -> str:
    """Return the system and the processor of this Python, such as "Linux x86_64" or "macOS arm64"."""
    system = platform.system().replace("Darwin", "macOS")
    is_musl = "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "")
    return f"{system} {platform.machine()}" + (" with musl" if is_musl else "")


def _join(names: tuple) -> str:
    return " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


if __name__ == "__main__":
    lane = sys.argv[1] if len(sys.argv) > 1 else "current"
    sys.exit(refusal(lane, "{}.{}".format(*sys.version_info), this_machine()) or None)
