"""Set where the course is hosted: in pyproject.toml, and from there in every badge, link and install cell."""

import argparse
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Address(NamedTuple):
    """A GitHub repository, such as "OWNER/REPO", and the tag that Colab installs."""

    repository: str
    tag: str

    @property
    def install_cell(self) -> str:
        """The first code cell of every lesson."""
        return (
            "import sys\n"
            "from importlib.util import find_spec\n"
            'if "google.colab" in sys.modules:\n'
            f'    %pip install --quiet --no-deps "lessons_lib @ git+https://github.com/{self.repository}@{self.tag}"\n'
            'elif find_spec("lessons_lib") is None:\n'
            '    raise ModuleNotFoundError("no lessons_lib in this kernel: open the course with `make lab`, '
            'or choose its kernel")'
        )

    def colab_badge(self, notebook: str) -> str:
        """The launch badge of a notebook, such as "01_load_reviews.ipynb", in Markdown."""
        image = "https://colab.research.google.com/assets/colab-badge.svg"
        link = f"https://colab.research.google.com/github/{self.repository}/blob/main/notebooks/{notebook}"
        return f"[![Open in Colab]({image})]({link})"

    def binder_badge(self, notebook: str) -> str:
        """The badge that opens JupyterLab on a notebook at Binder, in Markdown."""
        image = "https://mybinder.org/badge_logo.svg"
        link = f"https://mybinder.org/v2/gh/{self.repository}/main?urlpath=lab/tree/notebooks/{notebook}"
        return f"[![Launch Binder]({image})]({link})"


def read_address(root: Path) -> Address:
    """Return the address that pyproject.toml holds."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return Address(**tomllib.loads(text)["tool"]["lessons"])


def set_address(root: Path, new: Address) -> list[Path]:
    """Write the new address in place of the old one and return the files that changed."""
    old = read_address(root)
    changed = []
    holders = [root / "pyproject.toml", *root.glob("*.md"), *root.glob("instructors/*.md")]
    holders += root.glob("notebooks/**/*.ipynb")
    for path in sorted(holders):
        text = path.read_text(encoding="utf-8")
        rewritten = _rewrite(text, old, new)
        if rewritten != text:
            path.write_text(rewritten, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def _rewrite(text: str, old: Address, new: Address) -> str:
    """Replace the address where it stands in a link, in an install command, or as a setting of its own."""
    text = text.replace(f"github.com/{old.repository}@{old.tag}", f"github.com/{new.repository}@{new.tag}")
    text = re.sub(rf"(?<=/){re.escape(old.repository)}(?![\w-])", new.repository, text)
    text = text.replace(f'repository = "{old.repository}"', f'repository = "{new.repository}"')
    return text.replace(f'tag = "{old.tag}"', f'tag = "{new.tag}"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", metavar="OWNER/REPO")
    parser.add_argument("--tag", default=read_address(ROOT).tag, help="what Colab installs (%(default)s)")
    options = parser.parse_args()
    if not re.fullmatch(r"[A-Za-z0-9-]+/[\w.-]+", options.repository, re.ASCII):
        sys.exit(f"{options.repository!r} is no repository name; write OWNER/REPO")
    if not re.fullmatch(r"[\w.-]+", options.tag, re.ASCII):
        sys.exit(f"{options.tag!r} is no tag; write for example v0.1.0")
    for path in set_address(ROOT, Address(options.repository, options.tag)):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
