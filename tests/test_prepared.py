"""Prepared reviews: the same as encoding them anew, kept once, and made anew where anything they depend on changes."""

import multiprocessing
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from lessons_lib import archive, prepared, reviews, tokens, vectors, vocabulary
from lessons_lib.batches import Example, encode

MEMBERS = {
    f"aclImdb/{split}/{label}/{number}_{rating}.txt": f"{word} film, number {number}"
    for split in ("train", "test")
    for label, rating, word in (("neg", 2, "dull"), ("pos", 9, "warm"))
    for number in range(10)
} | {"aclImdb/train/unsup/0_0.txt": "a film of films"}


@pytest.fixture(autouse=True)
def cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_archive: Callable[[Mapping[str, str]], Path]
) -> Path:
    monkeypatch.setenv(archive.LOCAL_COPY, str(write_archive(MEMBERS)))
    monkeypatch.setenv("LESSONS_CACHE", str(tmp_path / "cache"))
    reviews._read.cache_clear()
    return tmp_path / "cache"


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many reviews were encoded in each call."""
    calls: list[int] = []

    def spy(part: list[reviews.Review], vocab: vocabulary.Vocab) -> list[Example]:
        calls.append(len(part))
        return encode(part, vocab)

    monkeypatch.setattr(prepared, "encode", spy)
    return calls


def content(examples: list[Example]) -> list[tuple[list[int], float]]:
    return [(example.tokens.tolist(), example.label) for example in examples]


def test_prepared_reviews_are_those_encoded_by_hand() -> None:
    train, valid = reviews.train_valid_split(reviews.load_reviews("train", "imdb"))
    vocab = vocabulary.build(vocabulary.count_tokens(review.text for review in train))
    for _ in ("made", "read from the cache"):
        found = prepared.training("imdb")
        assert content(found.train) == content(encode(train, vocab))
        assert content(found.valid) == content(encode(valid, vocab))
        assert found.vocab.get_itos() == vocab.get_itos()
        assert found.vocab["never seen"] == vocab["never seen"]
        assert found.data_sha256 == reviews.data_hash("train", "imdb")
        assert content(prepared.test("imdb", vocab)) == content(encode(reviews.load_reviews("test", "imdb"), vocab))


def test_reviews_are_encoded_once(encoded: list[int]) -> None:
    first, second = prepared.training("imdb"), prepared.training("imdb")
    assert content(first.train) == content(second.train)
    assert encoded == [20]


@pytest.mark.parametrize("change", ["archive", "tokenizer", "min_freq"])
def test_a_change_is_noticed(
    change: str,
    encoded: list[int],
    monkeypatch: pytest.MonkeyPatch,
    write_archive: Callable[[Mapping[str, str]], Path],
) -> None:
    prepared.training("imdb")
    if change == "archive":
        write_archive(MEMBERS | {"aclImdb/train/pos/3_9.txt": "another text"})
        reviews._read.cache_clear()
    if change == "tokenizer":
        monkeypatch.setattr(prepared, "tokens", vectors)  # another source text
    prepared.training("imdb", min_freq=2 if change == "min_freq" else 1)
    assert encoded == [20, 20]


def test_the_test_split_depends_on_the_vocabulary(encoded: list[int]) -> None:
    small, large = (vocabulary.build({"film": 1} | more) for more in ({}, {"warm": 1}))
    assert content(prepared.test("imdb", small)) != content(prepared.test("imdb", large))
    assert encoded == [20, 20]


@pytest.mark.parametrize("damage", [b"", b"no safetensors", None])
def test_a_damaged_file_is_made_anew(damage: bytes | None, cache: Path, encoded: list[int]) -> None:
    expected = content(prepared.training("imdb").train)
    [file] = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-10] if damage is None else damage)
    assert content(prepared.training("imdb").train) == expected
    assert content(prepared.training("imdb").train) == expected
    assert encoded == [20, 20]


@pytest.mark.parametrize("changed", ["tokens", "lengths", "labels", "vocabulary", "facts", "all by an older version"])
def test_a_file_with_another_content_is_made_anew(changed: str, cache: Path, encoded: list[int]) -> None:
    expected = content(prepared.training("imdb").train)
    [path] = cache.iterdir()
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    if changed in tensors:
        tensors[changed] = tensors[changed][:-1] + 1
    elif changed == "facts":
        metadata["facts"] = metadata["facts"].replace("16", "17")
    else:
        del metadata["content"]
    save_file(tensors, path, metadata)
    for _ in range(2):
        assert content(prepared.training("imdb").train) == expected
    assert encoded == [20, 20]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_costs_time_only(cache: Path, encoded: list[int]) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.warns(UserWarning, match=r"could not be kept in .*cache: .*File too large"):
            assert len(prepared.training("imdb").train) == 16
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(cache.iterdir()) == []


def test_a_cache_that_cannot_be_written_costs_time_only(cache: Path, encoded: list[int]) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    for _ in range(2):
        with pytest.warns(UserWarning, match="could not be kept"):
            assert len(prepared.training("imdb").train) == 16
    assert encoded == [20, 20]


def test_two_processes_may_prepare_at_once(cache: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        sizes = pool.starmap(_train_size, [(str(archive.fetch()), str(cache))] * 4)
    assert sizes == [16] * 4
    assert [file.suffix for file in cache.iterdir()] == [".safetensors"]


def _train_size(archive_path: str, cache: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(archive.LOCAL_COPY, archive_path)
        patch.setenv("LESSONS_CACHE", cache)
        return len(prepared.training("imdb").train)


def test_the_sample_needs_no_cache(cache: Path) -> None:
    assert len(prepared.training("sample").train) == 2400
    assert not cache.exists()


def test_word_vectors_are_learned_from_the_asked_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def learn(texts: list[str], vocab: vocabulary.Vocab) -> torch.Tensor:
        seen.append(texts)
        return torch.zeros(len(vocab), vectors.SIZE)

    monkeypatch.setattr(vectors, "learn", learn)
    vocab = prepared.training("imdb").vocab
    for unlabelled in (False, True):
        prepared.word_vectors("imdb", vocab, unlabelled)
    train, _ = reviews.train_valid_split(reviews.load_reviews("train", "imdb"))
    texts = [review.text for review in train]
    assert seen == [texts, [*texts, "a film of films"]]


def test_the_tokenizer_is_the_source_of_the_key() -> None:
    assert prepared.tokens is tokens
