"""Reviews: one loader for both tiers, and the book's split."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from torch.utils.data import random_split

from lessons_lib import archive
from lessons_lib.reviews import Review, load_reviews, tier, train_valid_split


def test_the_sample_holds_both_labels_negative_first() -> None:
    labels = [review.label for review in load_reviews("train")]
    assert labels == ["neg"] * 1500 + ["pos"] * 1500
    assert len(load_reviews("test")) == 1000


def test_a_local_imdb_archive_is_read(
    monkeypatch: pytest.MonkeyPatch, write_archive: Callable[[Mapping[str, str]], Path]
) -> None:
    path = write_archive({"aclImdb/train/pos/1_9.txt": "fine", "aclImdb/train/neg/1_1.txt": "poor"})
    monkeypatch.setenv(archive.LOCAL_COPY, str(path))
    assert load_reviews("train", data="imdb") == [Review("neg", "poor"), Review("pos", "fine")]


@pytest.mark.parametrize(("split", "data", "named"), [("valid", "sample", "valid"), ("train", "imbd", "imbd")])
def test_an_unknown_split_or_tier_is_named(split: str, data: str, named: str) -> None:
    with pytest.raises(ValueError, match=f"unknown .*'{named}'"):
        load_reviews(split, data=data)


def test_the_tier_is_a_variable_with_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LESSONS_DATA", raising=False)
    assert tier() == "sample"
    monkeypatch.setenv("LESSONS_DATA", "imdb")
    assert tier() == "imdb"
    monkeypatch.setenv("LESSONS_DATA", "full")
    with pytest.raises(ValueError, match="unknown data 'full'"):
        tier()


def test_the_split_is_the_one_random_split_makes_after_manual_seed() -> None:
    numbers = [Review("pos", str(number)) for number in range(25_000)]
    torch.manual_seed(1)
    expected_train, expected_valid = random_split(numbers, [20_000, 5_000])
    train, valid = train_valid_split(numbers, seed=1)
    assert (train, valid) == (list(expected_train), list(expected_valid))


def test_splitting_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(3)
    state = torch.get_rng_state()
    train_valid_split([Review("pos", "a")] * 10)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("fraction", [0, 1, -0.2, 0.01])
def test_a_split_with_an_empty_part_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="leaves a part empty"):
        train_valid_split([Review("pos", "a")] * 10, valid_fraction=fraction)
