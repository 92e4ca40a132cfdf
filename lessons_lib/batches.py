"""Reviews to padded batches: encoding, collating, and loaders that put reviews of similar length together."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, DistributedSampler, Sampler

from lessons_lib.distributed import processes
from lessons_lib.reviews import Review
from lessons_lib.tokens import tokenize
from lessons_lib.vocabulary import UNK, Vocab

LABEL_VALUES = {"neg": 0.0, "pos": 1.0}


class Example(NamedTuple):
    """One encoded review: token indices, an int64 tensor of shape ``[length]``, and its label, 0.0 or 1.0."""

    tokens: Tensor
    label: float


class Batch(NamedTuple):
    """A padded batch: tokens, int64 ``[batch, time]``; labels, float32 ``[batch]``; lengths, int64 ``[batch]``."""

    tokens: Tensor
    labels: Tensor
    lengths: Tensor

    def to(self, device: torch.device | str) -> "Batch":
        """Return the batch with all three tensors on a device."""
        return Batch(*(tensor.to(device) for tensor in self))


def encode_text(text: str, vocab: Vocab) -> Tensor:
    """Return the token indices of a text, an int64 tensor of shape ``[length]`` with length at least 1.

    A text without any token is read as one unknown token, so that every review has a last state.
    """
    indices = vocab(tokenize(text)) or [vocab[UNK]]
    return torch.from_numpy(numpy.array(indices, dtype=numpy.int64))  # four times as fast as torch.tensor(indices)


def encode_label(label: str) -> float:
    """Return 0.0 for ``"neg"`` and 1.0 for ``"pos"``; raises ValueError for any other label."""
    if label not in LABEL_VALUES:
        raise ValueError(f"unknown label {label!r}: a review is 'neg' or 'pos'")
    return LABEL_VALUES[label]


def encode(reviews: Sequence[Review], vocab: Vocab) -> list[Example]:
    """Encode reviews once, so that no epoch has to tokenize them again."""
    return [Example(encode_text(review.text, vocab), encode_label(review.label)) for review in reviews]


def collate(examples: Sequence[Example]) -> Batch:
    """Pad encoded reviews with 0, the index of ``<pad>``, to the longest of them."""
    return Batch(
        tokens=pad_sequence([example.tokens for example in examples], batch_first=True),
        labels=torch.tensor([example.label for example in examples]),
        lengths=torch.tensor([len(example.tokens) for example in examples]),
    )


class BucketSampler(Sampler[list[int]]):
    """Yield batches of indices of similar length, in an order that depends on the seed and the epoch only.

    The shuffled indices are cut into pools of ``pool`` batches, and each pool is sorted by length, ties in shuffled
    order, before it is cut into batches; then the batches are shuffled. Without ``shuffle`` all of it is one pool.
    Where several processes train together, each gets its share of the shuffled batches.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int, shuffle: bool = False, seed: int = 1, pool: int = 50
    ) -> None:
        self.lengths, self.batch_size, self.shuffle, self.seed = lengths, batch_size, shuffle, seed
        self.pool_size = pool * batch_size if shuffle else max(1, len(lengths))
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of an epoch, as with PyTorch's DistributedSampler."""
        self.epoch = epoch

    def __len__(self) -> int:
        batches = -(-len(self.lengths) // self.batch_size)
        return -(-batches // processes()) if self.shuffle else batches

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(1_000_003 * self.seed + self.epoch)
        count = len(self.lengths)
        order = torch.randperm(count, generator=generator).tolist() if self.shuffle else list(range(count))
        pools = (order[start : start + self.pool_size] for start in range(0, count, self.pool_size))
        order = [index for pool in pools for index in sorted(pool, key=self.lengths.__getitem__)]
        batches = [order[start : start + self.batch_size] for start in range(0, count, self.batch_size)]
        if self.shuffle:
            batches = [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]
            if processes() > 1:
                batches = [batches[i] for i in DistributedSampler(batches, shuffle=False)]
        return iter(batches)


def bucketed_loader(
    examples: Sequence[Example], batch_size: int = 32, shuffle: bool = False, seed: int = 1
) -> DataLoader[Batch]:
    """Return a DataLoader of padded batches whose reviews are of similar length, so that few pads are needed.

    Every example comes once an epoch; use ``shuffle=True`` for training. Without it the batches come from the
    shortest reviews to the longest, not in the order of ``examples``.
    """
    lengths = [len(example.tokens) for example in examples]
    sampler = BucketSampler(lengths, batch_size, shuffle, seed)
    return DataLoader(examples, batch_sampler=sampler, collate_fn=collate, num_workers=0)


def padding_share(lengths: Sequence[int], batches: Sequence[Sequence[int]]) -> float:
    """Return which part of all cells in padded batches is padding, from 0 to 1.

    ``lengths`` holds the length of each review, ``batches`` the indices of the reviews in each batch.
    """
    cells = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches)
    return 1 - sum(lengths[i] for batch in batches for i in batch) / cells
