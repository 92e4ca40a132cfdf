"""The vocabulary: the book's order, and a drop-in that behaves like torchtext's Vocab."""

import os
import pickle
import subprocess
import sys
from collections import Counter, OrderedDict
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from lessons_lib import dropin, vocabulary

ROOT = Path(__file__).resolve().parent.parent
WORD = st.text(max_size=8).filter(lambda word: word not in ("<pad>", "<unk>"))
COUNTS = st.dictionaries(WORD, st.integers(1, 9), max_size=30)


@settings(max_examples=30)
@given(COUNTS)
def test_build_sorts_by_count_and_keeps_the_order_of_ties(counts: dict[str, int]) -> None:
    tokens = vocabulary.build(counts).get_itos()
    assert tokens[:2] == ["<pad>", "<unk>"]
    assert tokens[2:] == [token for count in range(9, 0, -1) for token in counts if counts[token] == count]


@settings(max_examples=30)
@given(COUNTS, WORD)
def test_build_looks_up_both_ways_and_sends_the_unknown_to_unk(counts: dict[str, int], word: str) -> None:
    vocab = vocabulary.build(counts)
    assert vocab.lookup_tokens(vocab(list(counts))) == list(counts)
    assert vocab[word] == (vocab.get_stoi()[word] if word in vocab else 1)


def test_build_leaves_rare_tokens_out() -> None:
    vocab = vocabulary.build({"rare": 1, "common": 2}, min_freq=2)
    assert vocab.get_itos() == ["<pad>", "<unk>", "common"]


def test_shipped_imdb_counts_give_the_numbers_of_the_book() -> None:
    counts = vocabulary.imdb_counts()
    assert (len(counts), counts["the"], counts["movie"]) == (69_023, 267_877, 35_149)
    assert vocabulary.build(counts)(["this", "is", "an", "example"]) == [11, 7, 35, 457]


def test_count_tokens_keeps_the_order_of_first_appearance() -> None:
    assert list(vocabulary.count_tokens(["b a", "c a"]).items()) == [("b", 1), ("a", 2), ("c", 1)]


def test_vocab_takes_specials_out_of_the_dictionary_and_puts_them_first_or_last() -> None:
    first = dropin.vocab(OrderedDict(a=3, s=2, b=1), specials=["s"])
    last = dropin.vocab(OrderedDict(a=3, s=2, b=1), specials=["s"], special_first=False)
    assert (first.get_itos(), last.get_itos()) == (["s", "a", "b"], ["a", "b", "s"])


def test_build_vocab_from_iterator_breaks_ties_alphabetically() -> None:
    vocab = dropin.build_vocab_from_iterator([["b", "a"], ["c", "c"]], specials=["<unk>"], max_tokens=3)
    assert vocab.get_itos() == ["<unk>", "c", "a"]


def test_insert_moves_the_tokens_behind() -> None:
    vocab = dropin.vocab(OrderedDict(a=2, b=1))
    vocab.insert_token("new", 1)
    vocab.append_token("last")
    assert vocab.get_stoi() == {"a": 0, "new": 1, "b": 2, "last": 3}


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (RuntimeError, lambda v: v["missing"]),
        (RuntimeError, lambda v: v.insert_token("a", 0)),
        (RuntimeError, lambda v: v.insert_token("new", 3)),
        (RuntimeError, lambda v: v.insert_token("new", -1)),
        (RuntimeError, lambda v: v.append_token("a")),
        (RuntimeError, lambda v: v.lookup_token(2)),
        (RuntimeError, lambda v: v.lookup_tokens([0, -1])),
        (RuntimeError, lambda v: v.lookup_indices(["a", "missing"])),
        (RuntimeError, lambda v: dropin.Vocab(["a", "a"])),
        (TypeError, lambda v: v(OrderedDict(a=1))),
        (TypeError, lambda v: v(("a", "b"))),
        (TypeError, lambda v: v("ab")),
        (TypeError, lambda v: v[0]),
        (TypeError, lambda v: 0 in v),
        (TypeError, lambda v: v.append_token(3)),
    ],
)
def test_errors_are_of_torchtexts_types(error: type[Exception], call) -> None:
    with pytest.raises(error):
        call(dropin.vocab(OrderedDict(a=2, b=1)))


def test_a_failed_insert_changes_nothing() -> None:
    vocab = dropin.vocab(OrderedDict(a=2, b=1))
    with pytest.raises(RuntimeError):
        vocab.insert_token("b", 0)
    assert (vocab.get_itos(), vocab.get_stoi()) == (["a", "b"], {"a": 0, "b": 1})


def test_default_index_can_be_set_and_taken_back() -> None:
    vocab = dropin.vocab(Counter("ab"))
    vocab.set_default_index(1)
    assert (vocab["missing"], vocab.get_default_index()) == (1, 1)
    vocab.set_default_index(None)
    with pytest.raises(RuntimeError):
        vocab["missing"]


def test_what_get_itos_and_get_stoi_return_is_a_copy() -> None:
    vocab = dropin.vocab(OrderedDict(a=1))
    vocab.get_itos().append("x")
    vocab.get_stoi()["x"] = 1
    assert "x" not in vocab


def test_a_vocab_survives_pickling() -> None:
    vocab = vocabulary.build({"b": 2, "a": 1})
    copy = pickle.loads(pickle.dumps(vocab))
    assert (copy.get_itos(), copy.get_default_index(), copy["missing"]) == (vocab.get_itos(), 1, 1)


@pytest.mark.parametrize(
    ("start", "problem"),
    [
        ("raise OSError('Could not load this library: libtorchtext.so')", "OSError"),  # 0.18.0 beside a newer torch
        ("", "ImportError"),  # 0.6.0, which has a torchtext.vocab, but no torchtext.vocab.vocab
        ("import warnings; warnings.warn('deprecated'); import torchtext._torchtext", "ModuleNotFoundError"),
    ],
)
def test_a_torchtext_that_cannot_be_used_gives_way_without_a_word(tmp_path: Path, start: str, problem: str) -> None:
    (tmp_path / "torchtext").mkdir()
    (tmp_path / "torchtext" / "__init__.py").write_text(start, encoding="utf-8")
    (tmp_path / "torchtext" / "vocab.py").write_text("class Vocab: ...", encoding="utf-8")
    program = "from lessons_lib import dropin, vocabulary as v; print(v.BACKEND, v.vocab is dropin.vocab)"
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stderr == ""
    assert answer.stdout == f"drop-in, because torchtext cannot be used here ({problem}) True\n"
