"""Write the tables of recorded results into README.md: ``python -m tools.results``."""

import re

from lessons_lib import records, runs
from tools.set_repository import ROOT

README = ROOT / "README.md"
PLACE = re.compile(r"(<!-- records: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_tables(text: str) -> str:
    """Return a Markdown text with the table of each tier that it has a place for made from the shipped records."""

    def fill(place: re.Match[str]) -> str:
        tier = place[2]
        names = [name for name in runs.NAMES if name in records.recorded(tier)]
        return f"{place[1]}{records.table(tier, names)}\n{place[3]}"

    return PLACE.sub(fill, text)


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
