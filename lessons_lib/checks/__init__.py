"""What the exercises call: a check knows the right answer and the usual wrong ones, and replies with the reason."""

import copy
import inspect
import random
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lessons_lib.checks.answers import Refused, describe, read, same

RIGHT, WRONG = "Right.", "Not yet."
UNANSWERED = "Not attempted yet: put your answer in place of ... and run the cell again."


@dataclass(frozen=True)
class Key:
    """The key to an exercise: its cases, what is right in each of them, and the usual mistakes.

    ``cases`` maps a name, such as ``"5 texts of 3 words"``, to the arguments of ``right``, a function that returns the
    right answer. A mistake is a function of the same arguments that returns the wrong answer, with its reason: a
    string, or a function of these arguments that puts their numbers into it. ``because`` says why the right answer is
    right, ``about`` what an answer should have been about, without giving it away.

    The answer is a value where there is one case, a tuple with a value for each of several cases, or, with
    ``is_function``, a function that is tried on all of them. The cases have to tell every mistake from what is right.
    """

    cases: Mapping[str, tuple[Any, ...]]
    right: Callable[..., Any]
    mistakes: Sequence[tuple[Callable[..., Any], str | Callable[..., str]]]
    because: str
    about: str
    is_function: bool = False


@dataclass(frozen=True)
class Exercise:
    """A check that is called with an answer, ``check.last_states(answer)``, and prints its reply.

    ``misconceptions`` holds the numbers of those that it meets.
    """

    key: Callable[[], Key]
    misconceptions: tuple[int, ...]

    def __call__(self, answer: object) -> None:
        print(textwrap.fill(self.reply(answer), width=110, break_long_words=False, break_on_hyphens=False))

    def reply(self, answer: object) -> str:
        """Return the reply: it starts with ``RIGHT`` or ``WRONG``, or is ``UNANSWERED``. No answer makes it raise."""
        with _same_random_state(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.default_generator.manual_seed(1)
            key = self.key()
            try:
                return _judge(answer, key)
            except Refused as refusal:
                return f"{WRONG} {refusal}"
            except (Exception, SystemExit):
                return f"{WRONG} Your answer, {describe(answer)}, cannot be read. {key.about}"


def exercise(*misconceptions: int) -> Callable[[Callable[[], Key]], Exercise]:
    """Make an exercise of the function that returns its key."""
    return lambda key: Exercise(key, misconceptions)


@contextmanager
def _same_random_state() -> Iterator[None]:
    """Leave the random states of Python, NumPy and PyTorch as they were."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    try:
        with torch.random.fork_rng(devices=devices):
            yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)


def _judge(answer: object, key: Key) -> str:
    rights = {name: key.right(*inputs) for name, inputs in key.cases.items()}
    results = _call(answer, key) if key.is_function else _split(answer, list(key.cases))
    if any(_is_open(result) for result in results.values()):
        return UNANSWERED
    given = {}
    for name, result in results.items():
        try:
            given[name] = read(result, rights[name])
        except Refused as refusal:
            place = f"For {name} your" if key.is_function or len(rights) > 1 else "Your"
            raise Refused(f"{place} {'function returns' if key.is_function else 'answer is'} {refusal}") from None
    failing = [name for name in rights if not same(given[name], rights[name])]
    if not failing:
        return f"{RIGHT} {key.because}"
    is_chance = key.is_function and isinstance(rights[failing[0]], Real)  # one number may be alike by chance
    for names in [rights] if is_chance else [rights, failing, failing[:1]]:
        for mistake, reason in key.mistakes:
            if all(same(given[name], mistake(*key.cases[name])) for name in names):
                return f"{WRONG} {reason if isinstance(reason, str) else reason(*key.cases[failing[0]])}"
    is_tensor = isinstance(rights[failing[0]], Tensor)  # of another shape in each case
    if key.is_function and not is_tensor and all(same(value, given[failing[0]]) for value in given.values()):
        return f"{WRONG} Your function returns the same in each case. Does it use what it is given? {key.about}"
    passed = [name for name in rights if name not in failing]
    if passed:
        return f"{WRONG} It is right for {passed[0]}, but not for {failing[0]}. {key.about}"
    if key.is_function:
        returned = describe(results[failing[0]])
        if returned == describe(rights[failing[0]]):
            returned += ", but not the right one"
        return f"{WRONG} For {failing[0]} your function returns {returned}. {key.about}"
    return f"{WRONG} {key.about}"


def _is_open(result: object) -> bool:
    return result is ... or (isinstance(result, tuple | list) and any(part is ... for part in result))


def _split(answer: object, names: list[str]) -> dict[str, object]:
    """Return an answer that is a value, or holds a value for each case, by case."""
    if len(names) == 1 or answer is ...:
        return dict.fromkeys(names, answer)
    if isinstance(answer, Tensor | np.ndarray) and answer.ndim and len(answer) == len(names):
        answer = list(answer)
    if not isinstance(answer, tuple | list) or len(answer) != len(names):
        raise Refused(
            f"Your answer is {describe(answer)}, and {len(names)} answers are asked for, with a comma between: "
            f"first for {', then for '.join(names)}."
        )
    return dict(zip(names, answer, strict=True))


def _call(answer: object, key: Key) -> dict[str, object]:
    """Return what the learner's function returns in each case."""
    if answer is ...:
        return {"": answer}
    wanted = ", ".join(inspect.signature(key.right).parameters)
    if not callable(answer):
        raise Refused(f"Your answer is {describe(answer)}, and a function of ({wanted}) is asked for. {key.about}")
    results = {}
    for name, inputs in key.cases.items():
        if not _takes(answer, inputs):
            values = "this value" if len(inputs) == 1 else f"these {len(inputs)} values"
            raise Refused(f"Your function cannot be called with ({wanted}). It has to take {values}.")
        torch.default_generator.manual_seed(1)
        try:
            results[name] = answer(*copy.deepcopy(inputs))
        except (Exception, SystemExit) as error:
            raise Refused(f"For {name} your function raised {_quote(error)} {key.about}") from None
    if any(result is None for result in results.values()):
        raise Refused("Your function returns None. Is a return missing?")
    return results


def _takes(function: Callable[..., Any], inputs: tuple[Any, ...]) -> bool:
    try:
        inspect.signature(function).bind(*inputs)
    except TypeError:
        return False
    except ValueError:  # some functions written in C do not say what they take
        return True
    return True


def _quote(error: BaseException) -> str:
    """Return an error as one short sentence."""
    try:
        text = textwrap.shorten(str(error), 160)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}".rstrip(" :.") + "."
