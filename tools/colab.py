"""Run lessons as Colab does: its versions, no checkout, and the library that their own first cell installs.

``make test-colab`` runs it in the environment of tools/colab.txt. The install cell stays as it is: pip clones, builds
and installs. Only git is told that the address in the cell is a repository of one commit, made from this checkout.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tools.notebooks import run, select
from tools.set_repository import ROOT, Address, read_address

IDENTITY = ["-c", "user.name=lessons", "-c", "user.email=lessons@localhost", "-c", "commit.gpgsign=false"]
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # else each kernel prints a note about its debugger


def stand_in(packages: Path) -> None:
    """Have every Python of this environment start as Colab's does, with the module ``google.colab`` imported."""
    module = packages / "google" / "colab" / "__init__.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.touch()
    (packages / "colab.pth").write_text("import google.colab\n", encoding="utf-8")


def publish(checkout: Path, repository: Path, tag: str) -> None:
    """Commit the files of a checkout that git does not ignore to a repository of their own, under a tag."""
    git = ["git", f"--git-dir={repository}", f"--work-tree={checkout}", *IDENTITY]
    for command in (["init", "-b", "main"], ["add", "."], ["commit", "-m", tag], ["tag", tag]):
        subprocess.run([*git, *command], cwd=checkout, check=True, stdout=subprocess.DEVNULL)


def redirect(address: Address, repository: Path) -> dict[str, str]:
    """Return the variables that make git fetch a local repository in place of the address on GitHub."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{address.repository}",
    }


def main() -> None:
    """Run the lessons with the numbers in the command line, or all; each starts without the library."""
    if Path(sys.prefix) != ROOT / ".venv-colab":
        sys.exit("This changes the environment that it runs in. Run it as: make test-colab")
    address = read_address(ROOT)
    stand_in(Path(sysconfig.get_path("purelib")))
    os.environ.pop("PYTHONPATH", None)
    well = True
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder, "repository")
        publish(ROOT, repository, address.tag)
        os.environ.update(redirect(address, repository) | QUIET)
        for path in select(sys.argv[1:]):
            subprocess.run([sys.executable, "-m", "pip", "uninstall", "-qq", "--yes", "lessons_lib"], check=True)
            well &= run([path], "sample", store=False)
    sys.exit(not well)


if __name__ == "__main__":
    main()
