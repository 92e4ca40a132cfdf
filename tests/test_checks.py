"""Every exercise knows its right answer in many forms and the usual wrong ones, and never answers with a traceback."""

import importlib
import random
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from wrong_answers import WRONG_ANSWERS

from lessons_lib import vocabulary
from lessons_lib.checks import RIGHT, UNANSWERED, WRONG, Exercise, lesson_03
from tools.notebooks import NOTEBOOKS

MISCONCEPTIONS = {
    1: ("04", "06"),
    2: ("06", "08"),
    3: ("06", "08"),
    4: ("06",),
    5: ("06",),
    6: ("03", "05"),
    7: ("08", "09"),
    8: ("07", "09"),
    9: ("01",),
    10: ("07",),
}
CALL = re.compile(r"^check\.(?P<name>\w+)\((?P<answer>\w+)\)$", re.MULTILINE)
DETAILS = r"<details><summary>{}</summary>\n\n(?P<text>.*?)\n\n</details>"
HINT = re.compile(DETAILS.format("Hint"), re.DOTALL)
SOLUTION = re.compile(DETAILS.format("Solution"), re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """An exercise where it stands: the imports of its lesson, the question, and the cell with the answer."""

    lesson: str
    name: str
    imports: str
    question: str
    cell: str

    @property
    def exercise(self) -> Exercise:
        return getattr(importlib.import_module(f"lessons_lib.checks.lesson_{self.lesson}"), self.name)

    @property
    def solution(self) -> str:
        """The folded solution, with the call of the check below it."""
        folded = SOLUTION.search(self.question)
        assert folded
        call = CALL.search(self.cell)
        assert call
        return "\n".join([*PYTHON.findall(folded["text"]), call[0]])


def find_places(path: Path) -> list[Place]:
    cells = nbformat.read(path, as_version=4).cells
    imports = [cell.source for cell in cells if cell.cell_type == "code"][1]
    return [
        Place(path.name[:2], call["name"], imports, question.source, cell.source)
        for question, cell in pairwise(cells)
        if cell.cell_type == "code" and (call := CALL.search(cell.source))
    ]


PATHS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
LESSONS = {path.name[:2]: find_places(path) for path in PATHS}
PLACES = [place for places in LESSONS.values() for place in places]
ANSWERS = [
    pytest.param(place, answer, words, id=f"{place.lesson}-{place.name}-{number}")
    for place in PLACES
    for number, (answer, words) in enumerate(WRONG_ANSWERS.get(place.lesson, {}).get(place.name, []))
]
each_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.lesson}-{place.name}")
each_lesson = pytest.mark.parametrize("lesson", LESSONS)


def run(place: Place, code: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the imports of a lesson and then a cell; return what the cell prints, on one line."""
    names: dict[str, object] = {}
    exec(place.imports, names)
    capsys.readouterr()
    exec(code, names)
    return " ".join(capsys.readouterr().out.split())


# In the lessons


@each_lesson
def test_a_lesson_has_two_to_four_exercises(lesson: str) -> None:
    assert 2 <= len(LESSONS[lesson]) <= 4


@each_lesson
def test_its_misconceptions_are_met(lesson: str) -> None:
    wanted = {number for number, lessons in MISCONCEPTIONS.items() if lesson in lessons}
    met = {number for place in LESSONS[lesson] for number in place.exercise.misconceptions}
    assert LESSONS[lesson] and wanted <= met


@each_lesson
def test_its_exercises_are_not_piled_up(lesson: str) -> None:
    path = next(path for path in PATHS if path.name.startswith(lesson))
    sections = re.split(r"^## ", "\n".join(cell.source for cell in nbformat.read(path, 4).cells), flags=re.MULTILINE)
    numbers = [len(CALL.findall(section)) for section in sections]
    assert 1 <= max(numbers) <= 2 and not any(numbers[-2:])


@each_place
def test_it_has_a_hint_and_a_solution(place: Place) -> None:
    assert re.search(r"^### Exercise: \S", place.question, re.MULTILINE)
    assert re.search(r"\ballow \d minutes?\b", place.question, re.IGNORECASE)
    assert HINT.search(place.question)
    assert place.solution.count("\n") >= 1


@each_place
def test_the_unfilled_cell_says_that_it_was_not_attempted(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, place.cell, capsys) == UNANSWERED


@each_place
def test_the_folded_solution_is_right(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    reply = run(place, place.solution, capsys)
    assert reply.startswith(RIGHT) and len(reply) > len(RIGHT) + 20


@pytest.mark.parametrize(("place", "answer", "words"), ANSWERS)
def test_a_usual_wrong_answer_is_explained(place: Place, answer: object, words: str) -> None:
    reply = place.exercise.reply(answer)
    assert reply.startswith(WRONG) and words.lower() in reply.lower()


@each_place
def test_every_mistake_of_the_key_is_told_from_what_is_right(place: Place) -> None:
    torch.manual_seed(1)  # as the check does
    key = place.exercise.key()
    for mistake, reason in key.mistakes:
        values = tuple(mistake(*inputs) for inputs in key.cases.values())
        reply = place.exercise.reply(mistake if key.is_function else values if len(values) > 1 else values[0])
        explained = [reason if isinstance(reason, str) else reason(*inputs) for inputs in key.cases.values()]
        assert reply in [f"{WRONG} {text}" for text in explained]


@each_place
def test_replies_are_short_and_plain(place: Place) -> None:
    key = place.exercise.key()
    explained = [r if isinstance(r, str) else r(*next(iter(key.cases.values()))) for _, r in key.mistakes]
    for text in [*explained, key.because, key.about]:
        assert text.endswith((".", "?")) and len(text.split()) <= 60 and "!" not in text


def test_the_wrong_answers_belong_to_exercises() -> None:
    named = {(lesson, name) for lesson, exercises in WRONG_ANSWERS.items() for name in exercises}
    assert named == {(place.lesson, place.name) for place in PLACES}


# Right in another form


def forms(value: object) -> list[object]:
    """Return other forms of the same answer."""
    if isinstance(value, bool):
        return [np.bool_(value), torch.tensor(value)]
    if isinstance(value, int | float):
        return [float(value), np.float64(value), torch.tensor(value), torch.tensor([float(value)], requires_grad=True)]
    if isinstance(value, set):
        return [list(value), tuple(value), frozenset(value), np.array(list(value)), torch.tensor(list(value))]
    if isinstance(value, tuple | list) and all(type(item) is int for item in value):
        return [list(value), torch.Size(value), np.array(value), torch.tensor(value), [float(item) for item in value]]
    if isinstance(value, tuple | list):
        return [list(value), tuple(value)]
    return [value]


@each_place
def test_a_right_answer_passes_in_every_form(place: Place) -> None:
    key = place.exercise.key()
    rights = [key.right(*inputs) for inputs in key.cases.values()]
    if key.is_function:
        answers = [key.right]
    elif len(rights) == 1:
        answers = forms(rights[0])
    else:
        answers = [kind(parts) for kind in (tuple, list) for parts in zip(*map(forms, rights), strict=False)]
        if all(type(right) is int for right in rights):
            answers += [np.array(rights), torch.tensor(rights)]
    assert answers
    for answer in answers:
        assert place.exercise.reply(answer).startswith(RIGHT), answer


def test_the_rows_that_an_exercise_asks_for_are_the_librarys() -> None:
    key = lesson_03.rows_of_table.key()
    for counts, min_freq in key.cases.values():
        assert key.right(counts, min_freq) == vocabulary.build(counts, min_freq).get_itos()


# No answer is met with a traceback


class Hostile:
    """An object that refuses to be looked at."""

    def refuse(self, *_: object) -> None:
        raise RuntimeError(self)

    __eq__ = __bool__ = __len__ = __iter__ = __getitem__ = __getattr__ = __float__ = __array__ = refuse  # type: ignore
    __repr__ = __str__ = __format__ = refuse  # type: ignore
    __hash__ = None  # type: ignore


class HostileFunction(Hostile):
    def __call__(self, *_: object) -> None:
        raise RuntimeError(self)


class HostileClass(type):
    def __instancecheck__(cls, _: object) -> bool:
        raise RuntimeError


ODD = [
    *(Hostile(), HostileFunction(), Hostile, HostileClass("Odd", (), {}), object(), type, print, len, open, iter([1])),
    *(None, True, "", "7", "(2, 3)", b"7", 10**400, float("nan"), float("-inf"), 1j, -1, {}, {"a": 1}, set(), [], ()),
    *(torch.empty(0), torch.rand(2, 3, requires_grad=True), torch.zeros(1, dtype=torch.bool), torch.rand(3) * 1j),
    *(torch.empty(10**6, 10**6, device="meta"), torch.zeros(1).expand(10**9), torch.eye(3).to_sparse(), torch.nn.RNN),
    *(torch.nn.Linear(2, 3), np.array(["a"]), np.array([None, 1]), np.array([[1.5]]), np.datetime64("2026-01-01")),
    *(range(10**12), (..., 1), [[...]], NotImplemented, memoryview(b"12"), lambda *values: Hostile()),
    *(lambda *values: 1, lambda *values: "7", lambda *values: print(*values)),
    *(lambda *values: exit(), lambda *values: values, lambda *values: iter(()), lambda: None, lambda *, a: a),
]
ODD.append([ODD])


@each_place
def test_odd_answers_get_a_reply(place: Place) -> None:
    count = len(place.exercise.key().cases)
    for odd in ODD:
        for answer in (odd, (odd,) * count, [[odd]] * count, lambda *values, odd=odd: odd):
            assert place.exercise.reply(answer).startswith((RIGHT, WRONG, UNANSWERED))


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just(...), st.complex_numbers()),
    lambda inner: st.one_of(st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@settings(max_examples=200)
@given(place=st.sampled_from(PLACES), value=values)
def test_arbitrary_answers_get_a_reply(place: Place, value: object) -> None:
    for answer in (value, lambda *inputs: value):
        assert place.exercise.reply(answer).startswith((RIGHT, WRONG, UNANSWERED))


# Nothing is changed


@each_place
def test_random_numbers_go_on_as_if_nothing_had_happened(place: Place) -> None:
    def seeding(*_: object) -> None:
        torch.manual_seed(7)
        np.random.seed(7)
        random.seed(7)

    def draw() -> tuple[float, float, float]:
        return torch.rand(1).item(), np.random.rand(), random.random()

    drawn = []
    for answer in (..., seeding, 7):
        torch.manual_seed(1)
        np.random.seed(1)
        random.seed(1)
        if answer is not ...:
            place.exercise.reply(answer)
        drawn.append(draw())
    assert drawn[0] == drawn[1] == drawn[2]


@each_place
def test_a_function_that_spoils_its_inputs_spoils_no_others(place: Place) -> None:
    key = place.exercise.key()
    if not key.is_function:
        pytest.skip("its answer is a value")

    def spoiling(*inputs: object) -> object:
        result = key.right(*inputs)
        for part in inputs:
            if isinstance(part, torch.Tensor):
                part.zero_()
        return result.clone() if isinstance(result, torch.Tensor) else result

    assert place.exercise.reply(spoiling).startswith(RIGHT)
