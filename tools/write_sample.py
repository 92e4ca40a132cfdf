"""Write the bundled sample, an invented corpus of film reviews in the layout of the aclImdb archive, and its manifest.

    python tools/write_sample.py

reads the material in ``tools/sample/`` and writes ``sample.tar.gz`` and ``sample_manifest.csv`` into
``lessons_lib/data/``. The same material gives the same bytes.
"""

import csv
import gzip
import io
import math
import os
import random
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import torch
from sample_material import OPPOSITE, Film, Item, Material, read_material
from sample_reviews import LONGEST, MANNERS, SHORTEST, Brief, Draft

from lessons_lib.tokens import tokenize

ROOT = Path(__file__).parents[1]
MATERIAL = Path(__file__).parent / "sample"
TARGET = ROOT / "lessons_lib" / "data"
SEED = 1
SIZES = {"train": 1500, "test": 500}  # reviews of one label
TWINS = {"train": 110, "test": 40}
VALID_SHARE = 0.2  # the last reviews of the book's shuffle are for validation
NOISE = 0.03
NEW_FILMS = 0.38  # the share of test reviews that are about a film the training reviews do not know
RATINGS = {"neg": (1, 1, 1, 1, 2, 2, 3, 3, 4, 4), "pos": (7, 7, 8, 8, 8, 9, 9, 10, 10, 10)}
POLARITY = {"neg": "bad", "pos": "good"}
OVERLAP = 0.2  # the most a test review may share of its 5-grams with one training review


@dataclass(eq=False)
class Written:
    """One review of the sample, and what the manifest says of it."""

    label: str
    rating: int
    text: str
    film: str
    kind: str
    phenomena: list[str]
    noise: bool = False
    twin: "Written | None" = None
    path: str = ""


class Overlap:
    """Knows the 5-grams of the training reviews, and what share of another text's stands in a single one of them."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self.numbers = count()

    def add(self, text: str) -> None:
        """Remember a training review."""
        number = next(self.numbers)
        for gram in five_grams(text):
            self.places[gram].add(number)

    def share(self, text: str) -> float:
        """Return the largest share of the text's 5-grams that one training review holds."""
        grams = five_grams(text)
        shared = Counter(number for gram in grams for number in self.places.get(gram, ()))
        return max(shared.values(), default=0) / len(grams)


class Sample:
    """Writes all reviews of the sample with one generator of random numbers."""

    def __init__(self, material: Material, rng: random.Random) -> None:
        self.material, self.rng = material, rng
        self.uses: Counter[Item] = Counter()
        self.overlap = Overlap()

    def write(self) -> dict[str, list[Written]]:
        """Return the reviews of both splits, each in member order: negative ones first."""
        return {"train": self._train(), "test": self._test()}

    def _train(self) -> list[Written]:
        twins = self._twins("train")
        others = self._others("train", len(twins))
        free = free_places()
        for places in free.values():
            self.rng.shuffle(places)
        reviews: dict[int, Written] = {}
        for pair in twins:
            side = "valid" if self.rng.random() < VALID_SHARE else "train"
            for review in pair:
                reviews[free[review.label, side].pop()] = review
        for label in POLARITY:
            places = free[label, "train"] + free[label, "valid"]
            self.rng.shuffle(places)
            reviews |= zip(places, others[label], strict=True)
        return number("train", [reviews[place] for place in sorted(reviews)])

    def _test(self) -> list[Written]:
        twins = self._twins("test")
        others = self._others("test", len(twins))
        reviews = []
        for label, own in zip(("neg", "pos"), zip(*twins, strict=True), strict=True):
            mixed = [*own, *others[label]]
            self.rng.shuffle(mixed)
            reviews += mixed
        return number("test", reviews)

    # the reviews

    def _others(self, split: str, twins: int) -> dict[str, list[Written]]:
        """Write all reviews but the twins, those of both labels in turn, so that neither has the first pick."""
        written: dict[str, list[Written]] = {label: [] for label in POLARITY}
        for review in self._by_hand(split):
            written[review.label].append(review)
        briefs = []
        for label, done in written.items():
            wanted = SIZES[split] - twins - len(done)
            noisy = [n < round(NOISE * SIZES[split]) for n in range(wanted)]
            for noise, kind, film in zip(noisy, self._kinds(wanted), self._films(split), strict=False):
                polarity = OPPOSITE[POLARITY[label]] if noise else POLARITY[label]
                briefs.append((label, noise, Brief(film, kind, polarity, self.rng.choice(RATINGS[label]), split)))
        self.rng.shuffle(briefs)
        for label, noise, brief in briefs:
            written[label].append(self._compose(brief, label, noise))
        return written

    def _compose(self, brief: Brief, label: str, noise: bool) -> Written:
        while True:
            draft = Draft(self.material, self.uses, brief, self.rng)
            text = draft.compose()
            if self._fits(text, brief.split):
                break
        self.uses.update(draft.taken)
        if brief.split == "train":
            self.overlap.add(text)
        return Written(label, brief.rating, text, brief.film.title, brief.kind, sorted(draft.phenomena), noise)

    def _fits(self, text: str, split: str) -> bool:
        lengths = len(text.split()), len(tokenize(text))
        if min(lengths) < SHORTEST or max(lengths) > LONGEST:
            return False
        return split == "train" or self.overlap.share(text) <= OVERLAP

    def _by_hand(self, split: str) -> Iterator[Written]:
        new = {film.title for film in self.material.films if film.test_only}
        for review in self.material.reviews:
            if (review.title in new) == (split == "test"):
                self.overlap.add(review.text)
                yield Written(review.label, review.rating, review.text, review.title, "by_hand", ["by_hand"])

    def _twins(self, split: str) -> list[tuple[Written, Written]]:
        films = self._films(split)
        return [self._pair(next(films), split) for _ in range(TWINS[split])]

    def _pair(self, film: Film, split: str) -> tuple[Written, Written]:
        rating = {label: self.rng.choice(RATINGS[label]) for label in POLARITY}
        brief = Brief(film, self.rng.choice(list(MANNERS)), "good", rating["pos"], split)
        texts = ("", "")
        while len(texts[0].split()) < SHORTEST:
            draft = Draft(self.material, self.uses, brief, self.rng)
            texts = draft.compose_twins()
        self.uses.update(draft.taken)
        pos, neg = (
            Written(label, rating[label], text, film.title, brief.kind, sorted(draft.phenomena))
            for label, text in zip(("pos", "neg"), texts, strict=True)
        )
        pos.twin, neg.twin = neg, pos
        return neg, pos

    # who writes about what

    def _films(self, split: str) -> Iterator[Film]:
        """Go through the films of a split again and again, in a new order each time."""
        new = [film for film in self.material.films if film.test_only]
        known = [film for film in self.material.films if not film.test_only]
        decks = {"new": self._cycle(new), "known": self._cycle(known)}
        while True:
            yield next(decks["new" if split == "test" and self.rng.random() < NEW_FILMS else "known"])

    def _cycle(self, films: list[Film]) -> Iterator[Film]:
        while True:
            yield from self.rng.sample(films, len(films))

    def _kinds(self, number: int) -> list[str]:
        """Return kinds of reviewers in about their shares, in random order."""
        kinds = [kind for kind, manner in MANNERS.items() for _ in range(math.ceil(manner.share * number))]
        self.rng.shuffle(kinds)
        return kinds[:number]


def five_grams(text: str) -> set[tuple[str, ...]]:
    """Return the runs of five tokens in a text."""
    tokens = tokenize(text)
    return set(zip(*(tokens[n:] for n in range(5)), strict=False))


def free_places() -> dict[tuple[str, str], list[int]]:
    """Return the places of the training reviews by label and by the side they take in the book's split."""
    order = torch.randperm(2 * SIZES["train"], generator=torch.Generator().manual_seed(1)).tolist()
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rank, place in enumerate(order):
        label = "neg" if place < SIZES["train"] else "pos"
        places[label, "train" if rank < len(order) * (1 - VALID_SHARE) else "valid"].append(place)
    return places


def number(split: str, reviews: Iterable[Written]) -> list[Written]:
    """Give the reviews of a split their paths, counting each label from 0."""
    ids = {label: count() for label in POLARITY}
    reviews = list(reviews)
    for review in reviews:
        review.path = f"aclImdb/{split}/{review.label}/{next(ids[review.label])}_{review.rating}.txt"
    return reviews


def write_archive(reviews: Iterable[Written], path: Path) -> None:
    """Write the reviews as a gzip tar that depends on nothing but them."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for review in reviews:
            text = review.text.encode()
            member = tarfile.TarInfo(review.path)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    replace(path, gzip.compress(data.getvalue(), mtime=0))


def write_manifest(reviews: Iterable[Written], path: Path) -> None:
    """Write what is known of each review as CSV."""
    file = io.StringIO(newline="")
    table = csv.writer(file, lineterminator="\n")
    table.writerow(("path", "film", "kind", "phenomena", "twin", "noise"))
    for review in reviews:
        twin = review.twin.path if review.twin else ""
        noise = "yes" if review.noise else "no"
        table.writerow((review.path, review.film, review.kind, ";".join(review.phenomena), twin, noise))
    replace(path, file.getvalue().encode())


def replace(path: Path, data: bytes) -> None:
    """Write a file as a whole, so that a reader finds the old one or the new one and nothing between."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    os.replace(new, path)


def write_sample(folder: Path) -> None:
    """Write the archive and the manifest into a folder."""
    splits = Sample(read_material(MATERIAL), random.Random(SEED)).write()
    reviews = [*splits["test"], *splits["train"]]
    write_archive(reviews, folder / "sample.tar.gz")
    write_manifest(reviews, folder / "sample_manifest.csv")


if __name__ == "__main__":
    write_sample(TARGET)
