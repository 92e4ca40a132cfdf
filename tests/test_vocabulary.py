"""The vocabulary: the book's order, and a drop-in that behaves like torchtext's Vocab."""

import copy
import io
import os
import pickle
import subprocess
import sys
from collections import Counter, OrderedDict
from pathlib import Path

import pytest
import torch
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


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({}, "c a b"),
        ({"min_freq": 2}, "c"),
        ({"specials": ["<pad>", "b"]}, "<pad> b c a"),
        ({"specials": ["<pad>", "b"], "special_first": False}, "c a <pad> b"),
        ({"specials": ["<pad>"], "max_tokens": 3}, "<pad> c a"),
    ],
)
def test_build_vocab_from_iterator_sorts_by_count_and_then_alphabetically(options: dict, tokens: str) -> None:
    vocab = dropin.build_vocab_from_iterator([["b", "a"], ["c", "c"]], **options)
    assert vocab.get_itos() == tokens.split()


def test_build_vocab_from_iterator_wants_room_for_more_than_specials() -> None:
    with pytest.raises(AssertionError):
        dropin.build_vocab_from_iterator([["a"]], specials=["<pad>", "<unk>"], max_tokens=2)


def test_lookups_lead_both_ways_for_one_token_and_for_several() -> None:
    vocab = dropin.vocab(OrderedDict(zip("abc", (3, 2, 1), strict=True)))
    assert (len(vocab), vocab["b"], vocab.lookup_token(1)) == (3, 1, "b")
    assert vocab(["c", "a"]) == vocab.lookup_indices(["c", "a"]) == [2, 0]
    assert vocab.lookup_tokens([2, 0]) == ["c", "a"]


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


def saved_and_loaded(vocab: vocabulary.Vocab) -> vocabulary.Vocab:
    """The vocabulary after torch.save and torch.load, whose default refuses such an object since torch 2.6."""
    file = io.BytesIO()
    torch.save(vocab, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda vocab: pickle.loads(pickle.dumps(vocab)), saved_and_loaded])
def test_a_vocab_survives_being_copied_pickled_and_saved(again) -> None:
    vocab = vocabulary.build({"b": 2, "a": 1})
    twin = again(vocab)
    assert (twin.get_itos(), twin.get_default_index(), twin["missing"]) == (vocab.get_itos(), 1, 1)


UNUSABLE = {  # a torchtext by the code of its __init__.py and of its vocab.py, if it has one: what its import raises
    ("raise OSError('Could not load this library: libtorchtext.so')", ""): "OSError",  # 0.18.0 beside a newer torch
    ("raise ImportError('DLL load failed')", ""): "ImportError",
    ("raise RuntimeError('torchtext::Vocab is not registered')", ""): "RuntimeError",
    ("import warnings; warnings.warn('deprecated'); import torchtext._torchtext", ""): "ModuleNotFoundError",
    ("", None): "ModuleNotFoundError",
    ("", "class Vocab: ..."): "ImportError",  # 0.6.0, which has a torchtext.vocab, but no torchtext.vocab.vocab
}
IMPORT_BESIDE_EACH = """
import importlib, sys
from lessons_lib import dropin

for sys.path[0] in sys.argv[1:]:
    for name in [name for name in sys.modules if name.startswith(("torchtext", "lessons_lib.vocabulary"))]:
        del sys.modules[name]
    vocabulary = importlib.import_module("lessons_lib.vocabulary")
    print(vocabulary.BACKEND, vocabulary.vocab is dropin.vocab)
"""


def test_a_torchtext_that_cannot_be_used_gives_way_without_a_word(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(len(UNUSABLE))]
    for folder, (start, vocab) in zip(folders, UNUSABLE, strict=True):
        (folder / "torchtext").mkdir(parents=True)
        (folder / "torchtext" / "__init__.py").write_text(start, encoding="utf-8")
        if vocab is not None:
            (folder / "torchtext" / "vocab.py").write_text(vocab, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_BESIDE_EACH, *map(str, folders)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stderr == ""
    expected = [f"drop-in, because torchtext cannot be used here ({problem}) True" for problem in UNUSABLE.values()]
    assert answer.stdout.splitlines() == expected
