"""Encoded reviews and word vectors: made from the archive once, then read from a cache."""

import hashlib
import inspect
import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from lessons_lib import archive, tokens, vectors
from lessons_lib.batches import Example, encode
from lessons_lib.files import sha256, whole
from lessons_lib.reviews import data_hash, load_reviews, load_unlabelled, train_valid_split
from lessons_lib.vocabulary import Vocab, build, count_tokens, pack, unpack

FORMAT = "prepared-1"
Content = tuple[dict[str, Tensor], dict[str, Any]]


class Training(NamedTuple):
    """Encoded training and validation reviews, their vocabulary, and the training split's ``reviews.data_hash``."""

    train: list[Example]
    valid: list[Example]
    vocab: Vocab
    data_sha256: str


def training(data: str, min_freq: int = 1) -> Training:
    """Return the reviews to train with and to choose by, encoded with the vocabulary of the training part.

    ``min_freq`` leaves rarer tokens out of the vocabulary. The test split is not opened.

    What is made from IMDb is kept in the cache folder under a name that stands for all that it was made from: the
    bytes of the archive, the tokenizer, and the arguments. Where one of them changes, it is made anew.
    """

    def make() -> Content:
        train, valid = train_valid_split(load_reviews("train", data))
        vocab = build(count_tokens(review.text for review in train), min_freq)
        packed = _pack(encode([*train, *valid], vocab))
        return packed | {"vocabulary": pack(vocab)}, {"train": len(train), "sha256": data_hash("train", data)}

    tensors, facts = _cached(data, f"train-{min_freq}", make)
    examples, size = _unpack(tensors), facts["train"]
    return Training(examples[:size], examples[size:], unpack(tensors["vocabulary"]), facts["sha256"])


def test(data: str, vocab: Vocab) -> list[Example]:
    """Return the test reviews, encoded with a vocabulary; kept like :func:`training`."""

    def make() -> Content:
        return _pack(encode(load_reviews("test", data), vocab)), {}

    tensors, _ = _cached(data, f"test-{_hash(vocab)}", make)
    return _unpack(tensors)


def word_vectors(data: str, vocab: Vocab, unlabelled: bool) -> Tensor:
    """Return a vector for each token of a vocabulary, float32 ``[len(vocab), vectors.SIZE]``.

    They are kept like :func:`training`, and learned from the training reviews without their labels and, if asked for,
    from the unlabelled reviews too; the validation reviews stay out.
    """

    def make() -> Content:
        train, _ = train_valid_split(load_reviews("train", data))
        texts = [review.text for review in train] + (load_unlabelled(data) if unlabelled else [])
        return {"vectors": vectors.learn(texts, vocab)}, {}

    tensors, _ = _cached(data, f"vectors-{unlabelled}-{_hash(vocab)}-{inspect.getsource(vectors)}", make)
    return tensors["vectors"]


def _hash(vocab: Vocab) -> str:
    return hashlib.sha256(pack(vocab).numpy()).hexdigest()


def _pack(examples: Sequence[Example]) -> dict[str, Tensor]:
    return {
        "tokens": torch.cat([example.tokens for example in examples]).int(),
        "lengths": torch.tensor([len(example.tokens) for example in examples]),
        "labels": torch.tensor([example.label for example in examples]),
    }


def _unpack(tensors: dict[str, Tensor]) -> list[Example]:
    reviews = tensors["tokens"].long().split(tensors["lengths"].tolist())
    return [Example(review, label) for review, label in zip(reviews, tensors["labels"].tolist(), strict=True)]


def _cached(data: str, name: str, make: Callable[[], Content]) -> Content:
    """Return what ``make`` returns, or returned earlier for the same archive, tokenizer and name."""
    if data == "sample":
        return make()
    parts = [FORMAT, inspect.getsource(tokens), _fingerprint(archive.fetch()), name]
    path = archive.cache_folder() / f"{hashlib.sha256('/'.join(parts).encode()).hexdigest()}.safetensors"
    try:
        with safe_open(path, framework="pt") as file:
            tensors, metadata = {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118
        if metadata["content"] != _content(tensors, metadata["facts"]):
            raise ValueError("a part of it was changed")
        return tensors, json.loads(metadata["facts"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):  # not there yet, or damaged
        tensors, facts = make()
    text = json.dumps(facts)
    try:
        with whole(path) as unfinished:
            unfinished.write_bytes(save(tensors, {"facts": text, "content": _content(tensors, text)}))
    except OSError as problem:
        warnings.warn(f"what was prepared could not be kept in {path.parent}: {problem}", stacklevel=3)
    return tensors, facts


def _content(tensors: dict[str, Tensor], facts: str) -> str:
    """Return the sha256 of all that a prepared file holds; a safetensors file has none of its own."""
    digest = hashlib.sha256(facts.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.numpy())
    return digest.hexdigest()


def _fingerprint(path: Path) -> str:
    """Return the sha256 of an archive, or of all review files in an unpacked folder."""
    if path.is_file():
        return sha256(path)
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*.txt")):
        digest.update(file.relative_to(path).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
