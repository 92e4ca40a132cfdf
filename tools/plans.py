"""Write minutes and clock times into the plans of the instructors, from the lessons: ``python -m tools.plans``.

A row of a plan is `| start | minutes | what | … |`. Where `what` begins with a link to a lesson, the minutes are those
of its sections, of all or of the ones named behind it, as in "[04 …](…), sections 2, 3, 7", rounded up to five. A
lesson that is not written yet keeps the minutes that its row has.
"""

import re
from pathlib import Path

from tools.notebooks import NOTEBOOKS, read, sections
from tools.set_repository import ROOT

PLANS = (ROOT / "instructors" / "half_day.md", ROOT / "instructors" / "full_day.md")
ROW = re.compile(r"^\| (?P<start>\d+:\d\d) \| (?P<minutes>\d*) \| (?P<what>[^|]*)", re.MULTILINE)
LESSON = re.compile(r"\[\d\d [^]]*\]\(\.\./notebooks/(?P<file>\w+\.ipynb)\)(?:, sections (?P<sections>[\d, ]*\d))?")


def lesson_minutes(path: Path, chosen: list[int]) -> int:
    """Return the minutes of the sections of a lesson, of all of them where none is chosen, rounded up to five.

    Raises ValueError for a section that is not there.
    """
    parts = sections(read(path))
    if unknown := set(chosen) - {part.number for part in parts}:
        raise ValueError(f"a plan names sections {sorted(unknown)}, which {path.name} does not have")
    minutes = sum(part.stated or 0 for part in parts if not chosen or part.number in chosen)
    return -(-minutes // 5) * 5


def timed(plan: str) -> str:
    """Return a plan with the minutes of its lessons, and with each start where the row before it ends."""
    clock: int | None = None

    def rewrite(row: re.Match[str]) -> str:
        nonlocal clock
        if clock is None:
            hours, rest = row["start"].split(":")
            clock = 60 * int(hours) + int(rest)
        minutes = row["minutes"]
        lesson = LESSON.match(row["what"])
        if lesson and (path := NOTEBOOKS / lesson["file"]).is_file():
            chosen = [int(number) for number in (lesson["sections"] or "").split(",") if number]
            minutes = str(lesson_minutes(path, chosen))
        start = f"{clock // 60}:{clock % 60:02d}"
        clock += int(minutes or 0)
        return f"| {start} | {minutes} | {row['what']}"

    return ROW.sub(rewrite, plan)


if __name__ == "__main__":
    for path in PLANS:
        path.write_text(timed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
