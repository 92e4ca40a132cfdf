"""Stop with what to do, before anything is downloaded, where this Python cannot build the environment."""

import importlib.util
import sys

version = "{}.{}".format(*sys.version_info)
if version not in ("3.11", "3.12", "3.13"):
    sys.exit(
        f"{sys.executable} is Python {version}; the course needs 3.11, 3.12 or 3.13.\n"
        "Install Python 3.11, or name the one you have: make PYTHON=/path/to/python3.11"
    )
if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
    sys.exit(
        f"{sys.executable} lacks the module venv or ensurepip and cannot build an environment.\n"
        f"On Debian and Ubuntu: sudo apt install python{version}-venv"
    )
