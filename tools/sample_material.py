"""The material of the bundled sample: prose in text files, read into films, kinds of reviewers, clauses and patterns.

The format of the files is told in ``tools/sample/README.md``.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

HELD_OUT = 0.25  # the share of films, clauses and patterns that occurs in the test split only
COMPLEX = re.compile(r"[;:?!]|\.\.\.| - |\b(?:but|although|though|unless|whereas)\b")
EXTREME = re.compile(
    r", and |\b(?:waste|hated|recommend|walk|walked|leave|left|sleep|asleep|as bad as this|best|worst|ever|masterpiece"
    r"|classic|disaster|favou?rite|nothing|every\w*)\b"
)
COSTS = (1, 1, 12, 12)  # what a use of a line counts: half of the lines are rare
EVEN_COSTS = (1,)
OPPOSITE = {"good": "bad", "bad": "good"}


@dataclass(eq=False)
class Item:
    """A line of material, what a use of it counts (the rare ones more), and whether only the test split may use it."""

    text: str
    cost: int = 1
    test_only: bool = False

    @cached_property
    def plain(self) -> bool:
        """Whether the line can stand inside a longer sentence."""
        return not COMPLEX.search(self.text)

    @cached_property
    def minor(self) -> bool:
        """Whether the line can also stand beside an opposite verdict without giving it the lie."""
        return self.plain and not EXTREME.search(self.text)


@dataclass(frozen=True)
class Film:
    """An invented film: who is in it, where it is set, what happens, and what people say of it."""

    title: str
    facts: dict[str, str]
    cast: list[list[str]]
    scenes: list[str]
    lines: dict[str, list[Item]]
    test_only: bool


@dataclass(frozen=True)
class WholeReview:
    """A review written by hand."""

    label: str
    rating: int
    title: str
    text: str


@dataclass(frozen=True)
class Material:
    """All that the reviews are made of."""

    films: list[Film]
    clauses: dict[str, dict[str, list[Item]]]
    kinds: dict[str, dict[str, list[Item]]]
    patterns: dict[str, list[Item]]
    twins: list[Item]
    adjectives: dict[str, list[str]]
    reviews: list[WholeReview]


def read_material(folder: Path) -> Material:
    """Read all files of a folder."""
    clauses: dict[str, dict[str, list[Item]]] = {"good": {}, "bad": {}, "even": {}}
    for path in _files(folder / "clauses"):
        for polarity, items in _sections(path).items():
            clauses[polarity][path.stem] = items
    patterns: dict[str, list[Item]] = defaultdict(list)
    for path in _files(folder / "constructions"):
        for name, items in _sections(path, EVEN_COSTS).items():
            patterns[name] += items
    return Material(
        films=[film for path in _files(folder / "films") for film in _films(path)],
        clauses=clauses,
        kinds={path.stem: _sections(path, EVEN_COSTS) for path in _files(folder / "kinds")},
        patterns=patterns,
        twins=[item for path in _files(folder / "twins") for item in _sections(path)[""]],
        adjectives={path.stem: _parse(_lines(path))[""] for path in _files(folder / "adjectives")},
        reviews=[review for path in _files(folder / "reviews") for review in _whole_reviews(path)],
    )


def expand(text: str, rng: random.Random) -> str:
    """Take one alternative of every ``[this|that]`` in a line, with the right "a" or "an" before it."""

    def choose(choice: re.Match[str]) -> str:
        article, alternatives = choice.groups()
        word = rng.choice(alternatives.split("|"))
        return f"{article}{'n' * _takes_an(word)} {word}" if article else word

    return re.sub(r"(?:\b([Aa])n? )?\[([^\]]*)\]", choose, text)


def tidy(text: str) -> str:
    """Set spaces, doubled punctuation and capitals right after choices and slots are filled."""
    text = re.sub(r" +", " ", text).strip()
    text = re.sub(r"\b(that|when|because) \1\b", r"\1", text)
    text = re.sub(r" ([,;.!?])(?!-?\))", r"\1", text)
    text = re.sub(r"[,;:]([,;:.!?])", r"\1", text)
    text = re.sub(r"(?<!\.)([.!?])\.(?!\.)", r"\1", text)
    return re.sub(r"(?<=[a-z][.!?] )[a-z]", lambda letter: letter.group().upper(), text)


def capitalise(text: str) -> str:
    """Make the first letter a capital, also behind an opening quote or bracket."""
    return re.sub(r"^(\W*)(\w)", lambda m: m.group(1) + m.group(2).upper(), text, count=1)


def _takes_an(word: str) -> bool:
    sound = re.match(r"(one\b|once|uni[^mn]|us[eu]|eu|ewe|ut[ei])|([aeiou]|hour|hono|honest|heir)", word, re.IGNORECASE)
    return bool(sound and sound.group(2))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.txt"))


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _parse(lines: Iterable[str]) -> dict[str, list[str]]:
    """Read sections, ``name:`` and ``- item`` lines below it, and single values, ``name: value``."""
    found: dict[str, list[str]] = defaultdict(list)
    section = ""
    for line in lines:
        if line.startswith("- "):
            found[section].append(line[2:])
        else:
            section, value = line.split(":", 1)
            found[section] += [value.strip()] if value else []
    return found


def _items(texts: list[str], seed: str, costs: tuple[int, ...] = COSTS) -> list[Item]:
    """Make items of lines. Lists of one length and seed are treated alike: good and bad lines stay mirror images."""
    rng = random.Random(f"{seed} {len(texts)}")
    chosen = set(rng.sample(range(len(texts)), round(len(texts) * HELD_OUT)))
    return [Item(text, rng.choice(costs), number in chosen) for number, text in enumerate(texts)]


def _sections(path: Path, costs: tuple[int, ...] = COSTS) -> dict[str, list[Item]]:
    return {name: _items(texts, path.stem, costs) for name, texts in _parse(_lines(path)).items()}


def _films(path: Path) -> list[Film]:
    lines = _lines(path)
    starts = [number for number, line in enumerate(lines) if line.startswith("# ")]
    rng = random.Random(path.stem)
    new = set(rng.sample(starts, round(len(starts) * HELD_OUT)))
    return [_film(lines[a:b], a in new) for a, b in pairwise([*starts, len(lines)])]


def _film(lines: list[str], test_only: bool) -> Film:
    title, found = lines[0].removeprefix("# "), _parse(lines[1:])
    return Film(
        title=title,
        facts={name: found[name][0] for name in ("year", "genre", "director", "place")},
        cast=[line.split(" | ") for line in found["cast"]],
        scenes=found["scene"],
        lines={name: _items(found[name], title) for name in ("cast", "beats", "good", "bad")},
        test_only=test_only,
    )


def _whole_reviews(path: Path) -> list[WholeReview]:
    lines = _lines(path)
    reviews = []
    for heading, text in zip(lines[::2], lines[1::2], strict=True):
        verdict, title = heading.removeprefix("# ").split(" | ")
        label, rating = verdict.split()
        reviews.append(WholeReview(label, int(rating), title, text))
    return reviews
