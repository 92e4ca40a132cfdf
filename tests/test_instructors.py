"""What instructors plan with: the minutes and sections of the lessons, links that lead somewhere, measured memory."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.room import peaks
from tools.notebooks import NOTEBOOKS, read, sections, select
from tools.plans import LESSON, PLANS, ROW, timed
from tools.set_repository import ROOT

PAGES = sorted((ROOT / "instructors").glob("*.md"))
HEADING = re.compile(r"^### (\d\d) .+\n\n((?:\d+\. .+\n)+)", re.MULTILINE)
LONGEST = 100  # minutes without a break


def rows(plan: Path) -> list[re.Match[str]]:
    return list(ROW.finditer(plan.read_text(encoding="utf-8")))


def minutes(clock: str) -> int:
    return 60 * int(clock.split(":")[0]) + int(clock.split(":")[1])


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.stem)
def test_minutes_and_times_of_a_plan_are_those_of_the_lessons(plan: Path) -> None:
    text = plan.read_text(encoding="utf-8")
    assert text == timed(text), "run: python -m tools.plans"


@pytest.mark.parametrize(("plan", "hours"), [*zip(PLANS, (4, 8), strict=True)], ids=["half_day", "full_day"])
def test_a_plan_fits_its_day_and_has_breaks(plan: Path, hours: int) -> None:
    start, *_, end = [minutes(row["start"]) for row in rows(plan)]
    assert end - start <= 60 * hours
    pauses = [row for row in rows(plan) if row["what"].startswith("**")]
    begins = [start, *(minutes(pause["start"]) + int(pause["minutes"]) for pause in pauses)]
    ends = [*(minutes(pause["start"]) for pause in pauses), end]
    assert max(end - begin for begin, end in zip(begins, ends, strict=True)) <= LONGEST


def test_a_full_day_has_every_lesson_in_order() -> None:
    planned = [lesson["file"] for row in rows(PLANS[1]) if (lesson := LESSON.match(row["what"]))]
    assert planned == sorted(planned)
    assert {path.name for path in select([])} <= set(planned)


def test_minutes_are_rounded_up_and_move_what_follows() -> None:
    path = select(["03"])[0]
    some = {part.number: part.stated for part in sections(read(path)) if part.number in (2, 3)}
    link = f"[03 Vocabulary](../notebooks/{path.name})"
    plan = f"| 9:50 | 15 | Welcome | |\n| 1:00 | 99 | {link}, sections 2, 3 | |\n| 1:00 | 5 | Slack | |\n"
    first, lesson, slack = ROW.finditer(timed(plan))
    assert (first["start"], lesson["start"]) == ("9:50", "10:05")
    assert int(lesson["minutes"]) % 5 == 0
    assert 0 <= int(lesson["minutes"]) - sum(some.values()) < 5
    assert minutes(slack["start"]) == minutes("10:05") + int(lesson["minutes"])


def test_a_section_that_is_not_there_is_named() -> None:
    plan = f"| 9:00 | 5 | [03 Vocabulary](../notebooks/{select(['03'])[0].name}), sections 2, 77 | |\n"
    with pytest.raises(ValueError, match=r"sections \[77\], which 03_vocabulary\.ipynb does not have"):
        timed(plan)


def test_every_section_has_its_question() -> None:
    text = (ROOT / "instructors" / "questions.md").read_text(encoding="utf-8")
    for number, listed in HEADING.findall(text):
        asked = re.findall(r"^(\d+)\. \*\*(.+)\*\*: .+$", listed, re.MULTILINE)
        parts = [(str(part.number), part.title) for part in sections(read(select([number])[0])) if part.number]
        assert asked == parts, f"questions.md, lesson {number}"


def test_links_lead_somewhere() -> None:
    planned = {path.name[:2]: path.name for path in select([])}
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            lesson = NOTEBOOKS / Path(link).name
            is_written = lesson.suffix != ".ipynb" or lesson.name[:2] in planned
            assert not is_written or (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_memory_of_a_room_is_that_of_its_largest_kernel() -> None:
    code = "import time; block = bytearray({}); block[::4096] = block[::4096]; time.sleep(3)"
    runs = [
        lambda size=size: subprocess.run([sys.executable, "-c", code.format(size)], check=True)
        for size in (10**6, 100 * 10**6)
    ]
    own, shared, seconds = peaks(runs)
    assert 100 * 10**6 <= own <= shared < 200 * 10**6
    assert seconds >= 3


def test_a_lesson_that_fails_fails_the_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        peaks([lambda: subprocess.run([sys.executable, "-c", "exit(1)"], check=True)])
