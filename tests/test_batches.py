"""Batches: every review once, in buckets, padded at the end and in an order that a seed fixes."""

import pytest
import torch
from hypothesis import given, strategies as st

from lessons_lib import batches, vocabulary
from lessons_lib.batches import BucketSampler, Example, bucketed_loader, collate, encode, encode_text, padding_share
from lessons_lib.reviews import Review

VOCAB = vocabulary.build({"good": 2, "film": 1})


@given(st.text())
def test_every_text_has_at_least_one_token(text: str) -> None:
    tokens = encode_text(text, VOCAB)
    assert tokens.dtype == torch.int64 and tokens.ndim == 1 and len(tokens) >= 1


@pytest.mark.parametrize("text", ["", "<br />", "...", "zyx"])
def test_a_text_without_a_known_token_is_unknown(text: str) -> None:
    assert encode_text(text, VOCAB).tolist() == [1]


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown label 'positive'"):
        encode([Review("positive", "good")], VOCAB)


def test_collate_pads_at_the_end_with_zero() -> None:
    batch = collate(encode([Review("pos", "good film"), Review("neg", "film")], VOCAB))
    assert batch.tokens.tolist() == [[2, 3], [3, 0]]
    assert (batch.labels.tolist(), batch.lengths.tolist()) == ([1.0, 0.0], [2, 1])


@given(st.lists(st.integers(1, 50), max_size=200), st.integers(1, 40), st.booleans(), st.integers(0, 3))
def test_every_index_comes_once_an_epoch(lengths: list[int], batch_size: int, shuffle: bool, epoch: int) -> None:
    sampler = BucketSampler(lengths, batch_size, shuffle, pool=3)
    sampler.set_epoch(epoch)
    found = list(sampler)
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
    assert len(found) == len(sampler) and all(len(batch) <= batch_size for batch in found)


def test_the_order_depends_on_seed_and_epoch_only() -> None:
    def order(seed: int, epoch: int) -> list[list[int]]:
        sampler = BucketSampler(list(range(1, 200)), 8, shuffle=True, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    first = order(1, 0)
    torch.rand(3)
    assert order(1, 0) == first
    assert order(1, 1) != first and order(2, 0) != first


def test_buckets_need_less_padding_than_random_batches() -> None:
    lengths = torch.randint(1, 500, (2000,), generator=torch.Generator().manual_seed(0)).tolist()
    random = [list(range(start, start + 20)) for start in range(0, 2000, 20)]
    assert padding_share(lengths, list(BucketSampler(lengths, 20, shuffle=True))) < 0.2 * padding_share(lengths, random)


def test_padding_share_counts_the_cells_that_are_pads() -> None:
    assert padding_share([3, 1], [[0, 1]]) == pytest.approx(2 / 6)


def test_the_loader_yields_batches() -> None:
    examples = [Example(torch.arange(1, length + 1), 1.0) for length in (3, 1, 2)]
    [batch] = bucketed_loader(examples)
    assert isinstance(batch, batches.Batch)
    assert batch.lengths.tolist() == [1, 2, 3]
