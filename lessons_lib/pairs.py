"""Pairs of texts that a model should tell apart: one blames, the other praises, and they differ in little else."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product

from lessons_lib.reviews import Review
from lessons_lib.tokens import tokenize

Pair = tuple[str, str]  # a text that blames and one that praises

PRAISE, BLAME = ("good", "funny", "interesting", "wonderful"), ("bad", "boring", "stupid", "terrible")
SUBJECTS = ("The film is", "The acting is", "The story is", "The dialogue is", "The whole thing was")
TURNS = (
    "The beginning is {}, but the rest of the film is {}.",
    "The trailer is {}, but the film itself is {}.",
    "I expected something {}, but what I got was {}.",
    "It starts out {}, but after ten minutes it becomes {}.",
    "One scene is {}, but everything else in it is {}.",
)
OPINIONS = (
    ("I hated this film, it is terrible.", "I loved this film, it is wonderful."),
    ("It is a boring and stupid film.", "It is a funny and moving film."),
    ("This is the worst film of the year.", "This is the best film of the year."),
    ("What an awful waste of time.", "What an excellent piece of work."),
    ("The acting is terrible and the story is dull.", "The acting is superb and the story is gripping."),
)
FACTS = (
    "The film was shown on a Tuesday.",
    "It is set in a town by a river.",
    "A man comes home and finds a letter.",
    "His sister works in an office.",
    "They talk about the house of their father.",
    "There is a train to the city in the morning.",
    "A woman opens a window.",
    "Two men carry a table down the street.",
    "The letter is about a piece of land.",
    "In the evening they sit in the kitchen.",
    "The second half is set in the city.",
    "It was made in the same year as the other one.",
)
PLACES = ("alone", "start", "middle", "end")


def twins(reviews: Sequence[Review]) -> list[Pair]:
    """Return the pairs of a negative and a positive review that have the same tokens in another order."""
    bags: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for review in reviews:
        bags[tuple(sorted(tokenize(review.text)))][review.label] = review.text
    return [(bag["neg"], bag["pos"]) for bag in bags.values() if len(bag) == 2]


def negation_pairs() -> list[Pair]:
    """Return 40 pairs: "The film is not good." with "The film is good.", "The film is bad." with "... not bad." """
    praised = [(f"{subject} not {word}.", f"{subject} {word}.") for subject, word in product(SUBJECTS, PRAISE)]
    return praised + [(f"{subject} {word}.", f"{subject} not {word}.") for subject, word in product(SUBJECTS, BLAME)]


def contrast_pairs() -> list[Pair]:
    """Return 40 pairs of sentences with the same words: what stands behind the "but" is what counts."""
    words = [*zip(PRAISE, BLAME, strict=True), *zip(PRAISE, reversed(BLAME), strict=True)]
    return [(turn.format(good, bad), turn.format(bad, good)) for turn, (good, bad) in product(TURNS, words)]


def signal_pairs(place: str) -> list[Pair]:
    """Return opposite opinions at the ``"start"``, in the ``"middle"`` or at the ``"end"`` of facts, or ``"alone"``.

    Raises ValueError for another place.
    """
    if place not in PLACES:
        raise ValueError(f"unknown place {place!r}: choose one of {', '.join(PLACES)}")
    facts = [] if place == "alone" else FACTS
    cut = {"middle": len(facts) // 2, "end": len(facts)}.get(place, 0)
    return [tuple(" ".join([*facts[:cut], text, *facts[cut:]]) for text in pair) for pair in OPINIONS]
