"""Labelled film reviews: the bundled sample and the full IMDb, read in the same way."""

import hashlib
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch

from lessons_lib import archive
from lessons_lib.archive import LABELS

TIERS = ("sample", "imdb")
SPLITS = ("train", "test")


class Review(NamedTuple):
    """One review: its label, ``"neg"`` or ``"pos"``, and its text."""

    label: str
    text: str


def tier() -> str:
    """Return the data the lessons run on: the variable ``LESSONS_DATA``, or ``"sample"``."""
    return _check_tier(os.environ.get("LESSONS_DATA") or "sample")


def load_reviews(split: str, data: str = "sample") -> list[Review]:
    """Return all reviews of a split in the archive's order: every negative one, then every positive one.

    ``split`` is ``"train"`` or ``"test"``; ``data`` is ``"sample"`` (bundled) or ``"imdb"``
    (fetched once, see :func:`lessons_lib.archive.fetch`).

    Raises ValueError for an unknown split or tier, and archive.ArchiveError for an archive that cannot be used.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}: choose 'train' or 'test'")
    return list(_read(split, _check_tier(data), os.environ.get(archive.LOCAL_COPY)))


def load_unlabelled(data: str = "sample") -> list[str]:
    """Return the texts of the unlabelled reviews in the archive's order: 50,000 on IMDb, none in the sample."""
    return archive.read_unlabelled(_path(_check_tier(data)))


def train_valid_split(
    reviews: Sequence[Review], valid_fraction: float = 0.2, seed: int = 1
) -> tuple[list[Review], list[Review]]:
    """Shuffle reviews by a seed and cut them into training and validation reviews.

    On the 25,000 training reviews of IMDb, seed 1 gives the book's 20,000 and 5,000: the same as
    ``torch.manual_seed(1)`` followed by ``random_split``, without touching torch's global generator.

    Raises ValueError where a part would be empty.
    """
    valid_size = round(len(reviews) * valid_fraction)
    if not 0 < valid_size < len(reviews):
        raise ValueError(
            f"valid_fraction={valid_fraction} of {len(reviews)} reviews leaves a part empty: "
            "choose a fraction between 0 and 1 that gives each part at least one review"
        )
    order = torch.randperm(len(reviews), generator=torch.Generator().manual_seed(seed)).tolist()
    shuffled = [reviews[i] for i in order]
    return shuffled[:-valid_size], shuffled[-valid_size:]


def data_hash(split: str, data: str) -> str:
    """Return the sha256 over (split, label, text) of every review of a split, which identifies the data of a record."""
    digest = hashlib.sha256()
    for review in load_reviews(split, data):
        digest.update("\0".join((split, *review, "")).encode("utf-8"))
    return digest.hexdigest()


def _check_tier(data: str) -> str:
    if data not in TIERS:
        raise ValueError(f"unknown data {data!r}: choose 'sample' or 'imdb' (the variable LESSONS_DATA or data=…)")
    return data


@cache
def _read(split: str, data: str, local_copy: str | None) -> tuple[Review, ...]:
    texts = archive.read_split(_path(data), split)
    return tuple(Review(label, text) for label in LABELS for text in texts[label])


def _path(data: str) -> Path:
    return archive.SAMPLE if data == "sample" else archive.fetch()
