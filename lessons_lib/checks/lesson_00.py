"""The exercises of lesson 00: the word that moves an answer most, and what a running kernel has imported."""

from collections.abc import Sequence
from itertools import pairwise

from lessons_lib.checks import Key, exercise


@exercise()
def turning_word() -> Key:
    """Find the word that moved P(positive) most from the word before it."""

    def moves(probabilities: Sequence[float]) -> list[float]:
        return [after - before for before, after in pairwise(probabilities)]

    def turn(probabilities: Sequence[float]) -> int:
        sizes = [abs(move) for move in moves(probabilities)]
        return sizes.index(max(sizes)) + 1

    def crossings(words: Sequence[str], probabilities: Sequence[float]) -> list[str]:
        steps = zip(words[1:], pairwise(probabilities), strict=True)
        return [word for word, (before, after) in steps if (before < 0.5) != (after < 0.5)]

    def told(words: Sequence[str], probabilities: Sequence[float]) -> str:
        place = turn(probabilities)
        return f'In "{" ".join(words)}" the largest step is from {probabilities[place - 1]} to {probabilities[place]}.'

    return Key(
        cases={
            "the sentence about love": (
                ["i", "wanted", "to", "love", "it", "but", "it", "is", "boring", "stuff"],
                [0.8, 0.6, 0.4, 0.75, 0.8, 0.84, 0.82, 0.78, 0.2, 0.18],
            ),
            "the sentence about a mess": (
                ["it", "is", "a", "wonderful", "mess", "of", "a", "film"],
                [0.6, 0.58, 0.45, 0.95, 0.62, 0.48, 0.66, 0.7],
            ),
        },
        right=lambda words, probabilities: words[turn(probabilities)],
        mistakes=[
            (
                lambda words, probabilities: words[probabilities.index(max(probabilities))],
                lambda words, probabilities: (
                    f"You take the highest value, {max(probabilities)}. It can be high because of the words before. "
                    f"{told(words, probabilities)}"
                ),
            ),
            (
                lambda words, probabilities: words[probabilities.index(min(probabilities))],
                lambda words, probabilities: (
                    f"You take the lowest value, {min(probabilities)}. Look at differences between neighbours. "
                    f"{told(words, probabilities)}"
                ),
            ),
            (
                lambda words, probabilities: words[moves(probabilities).index(max(moves(probabilities))) + 1],
                lambda words, probabilities: (
                    f"You look at rises only, and a fall counts too. {told(words, probabilities)}"
                ),
            ),
            (
                lambda words, probabilities: words[moves(probabilities).index(min(moves(probabilities))) + 1],
                lambda words, probabilities: (
                    f"You look at falls only, and a rise counts too. {told(words, probabilities)}"
                ),
            ),
            (
                lambda words, probabilities: words[turn(probabilities) - 1],
                lambda words, probabilities: (
                    f"One word early. The step from {probabilities[turn(probabilities) - 1]} to "
                    f"{probabilities[turn(probabilities)]} is made by the word at its end."
                ),
            ),
            (
                lambda words, probabilities: words[turn(probabilities) + 1],
                lambda words, probabilities: (
                    f"One word late. Step i, counted from 0, goes from words[i] to words[i + 1]. "
                    f"{told(words, probabilities)}"
                ),
            ),
            (
                lambda words, probabilities: words[
                    max(range(len(words)), key=lambda i: abs(probabilities[i] - probabilities[i - 1]))
                ],
                lambda words, probabilities: (
                    f"You begin with i = 0, where probabilities[i - 1] is the last value, {probabilities[-1]}. The "
                    f"first word has none before it. {told(words, probabilities)}"
                ),
            ),
            (
                lambda words, probabilities: max(
                    zip(words, probabilities, strict=True), key=lambda pair: abs(pair[1] - probabilities[0])
                )[0],
                lambda words, probabilities: (
                    f"You compare each value with the first one, {probabilities[0]}. A step starts at the value just "
                    f"before. {told(words, probabilities)}"
                ),
            ),
            *(
                (
                    lambda words, probabilities, place=place: crossings(words, probabilities)[place],
                    lambda words, probabilities: (
                        f"You look for the crossing of 0.5. A large step need not cross it, and a small one can. "
                        f"{told(words, probabilities)}"
                    ),
                )
                for place in (0, -1)
            ),
            (
                lambda words, probabilities: words[-1],
                lambda words, probabilities: f"That is the last word. {told(words, probabilities)}",
            ),
        ],
        because="What a word does is the difference to the value before it, in either direction.",
        about="Return the word behind the largest difference between two neighbouring probabilities.",
        is_function=True,
    )


@exercise()
def three_kernels() -> Key:
    """Which versions does a kernel have that imports after an installation, without a restart?"""
    old, new = {"arrays": 1, "networks": 1}, {"arrays": 2, "networks": 2}

    def right(*imported_before: str) -> tuple[int, ...]:
        kernel = {name: old[name] for name in imported_before}
        return tuple(kernel.setdefault(name, version) for name, version in new.items())

    return Key(
        cases={"the first kernel": ("arrays",), "the second": (), "the third": ("arrays", "networks")},
        right=right,
        mistakes=[
            (
                lambda *imported_before: tuple(new.values()),
                lambda *imported_before: (
                    f"A second import reads no file. This kernel had imported {' and '.join(imported_before)} before, "
                    f"at version 1, and keeps that until it is restarted."
                ),
            ),
            (
                lambda *imported_before: tuple(old.values()),
                "You keep version 1 everywhere. A module that the kernel did not have yet is read from its file now, "
                "and the file is at version 2.",
            ),
            (
                lambda *imported_before: tuple(new[name] if name in imported_before else old[name] for name in old),
                "The other way round. What was imported before stays at version 1; what is imported now comes from "
                "the new file.",
            ),
        ],
        because="The first kernel runs networks 2 on arrays 1, a pair that nobody tested. A restart gives it 2 and 2.",
        about="For each package ask: did this kernel have it before the installation?",
    )
