"""The drop-in against torchtext 0.18.0 itself: the same results and the same exceptions (torchtext lane only).

Examples are few because each of torchtext's vocabularies takes 120 MB and a third of a second, however small it is.
"""

import copy
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from lessons_lib import dropin, vocabulary

pytestmark = pytest.mark.skipif(
    vocabulary.vocab is dropin.vocab, reason=f"torchtext lane only; here the vocabulary is the {vocabulary.BACKEND}"
)

WORDS = st.sampled_from(["a", "b", "c", "film", "<unk>", "", "영화", "İ", "🎬"]) | st.text(max_size=4)
COUNTS = st.lists(st.tuples(WORDS, st.integers(1, 5)), max_size=12).map(OrderedDict)
SPECIALS = st.none() | st.lists(WORDS, max_size=3)
INDICES = st.integers(-2, 14)
CALLS = st.one_of(
    st.tuples(st.just("insert_token"), WORDS, INDICES),
    st.tuples(st.just("append_token"), WORDS),
    st.tuples(st.just("set_default_index"), st.none() | INDICES),
    st.tuples(st.just("get_default_index")),
    st.tuples(st.just("__getitem__"), WORDS),
    st.tuples(st.just("__contains__"), WORDS),
    st.tuples(st.just("__len__")),
    st.tuples(st.just("__call__"), st.lists(WORDS, max_size=4)),
    st.tuples(st.just("lookup_indices"), st.lists(WORDS, max_size=4)),
    st.tuples(st.just("lookup_token"), INDICES),
    st.tuples(st.just("lookup_tokens"), st.lists(INDICES, max_size=4)),
    st.tuples(st.just("get_stoi")),
    st.tuples(st.just("get_itos")),
)


def outcome(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a call returns, or the type of what it raises."""
    try:
        return call(*arguments, **options)
    except Exception as problem:
        return type(problem)


def state(vocab: Any) -> Any:
    """All that can be seen of a vocabulary, or the type of the exception that stands in its place."""
    return vocab if isinstance(vocab, type) else (vocab.get_itos(), vocab.get_stoi(), vocab.get_default_index())


def test_in_this_lane_the_lessons_use_torchtext_itself() -> None:
    from torchtext.vocab import Vocab, build_vocab_from_iterator, vocab

    assert vocabulary.vocab is vocab
    assert vocabulary.build_vocab_from_iterator is build_vocab_from_iterator
    assert vocabulary.Vocab is Vocab


@settings(max_examples=80)
@given(COUNTS, st.integers(0, 4), SPECIALS, st.booleans(), st.lists(CALLS, max_size=12))
def test_any_sequence_of_calls_has_the_same_outcomes(
    counts: OrderedDict[str, int], min_freq: int, specials: list[str] | None, first: bool, calls: list[tuple]
) -> None:
    pair = []
    for module in (vocabulary, dropin):
        given_counts = copy.deepcopy(counts)
        pair.append(outcome(module.vocab, given_counts, min_freq, copy.copy(specials), first))
        pair.append(given_counts)
    theirs, their_counts, ours, our_counts = pair
    assert (state(ours), our_counts) == (state(theirs), their_counts)
    if isinstance(ours, type):
        return
    for name, *arguments in calls:
        assert outcome(getattr(ours, name), *arguments) == outcome(getattr(theirs, name), *arguments), (name, arguments)
        assert state(ours) == state(theirs), (name, arguments)


@settings(max_examples=40)
@given(
    st.lists(st.lists(WORDS, max_size=6), max_size=6),
    st.integers(0, 3),
    SPECIALS,
    st.booleans(),
    st.none() | st.integers(0, 8),
)
def test_build_vocab_from_iterator_gives_the_same(
    texts: list[list[str]], min_freq: int, specials: list[str] | None, first: bool, max_tokens: int | None
) -> None:
    arguments = (min_freq, specials, first, max_tokens)
    theirs, ours = (
        outcome(module.build_vocab_from_iterator, copy.deepcopy(texts), *copy.deepcopy(arguments))
        for module in (vocabulary, dropin)
    )
    assert state(ours) == state(theirs)


@pytest.mark.parametrize(
    "call",
    [
        lambda vocab: vocab[1],
        lambda vocab: vocab[None],
        lambda vocab: 1 in vocab,
        lambda vocab: vocab.insert_token(1, 0),
        lambda vocab: vocab.insert_token("x", "0"),
        lambda vocab: vocab.insert_token("x", 0.0),
        lambda vocab: vocab.append_token(None),
        lambda vocab: vocab.lookup_token("a"),
        lambda vocab: vocab.lookup_token(None),
        lambda vocab: vocab.lookup_token(0.5),
        lambda vocab: vocab.lookup_tokens(0),
        lambda vocab: vocab.lookup_tokens(["a"]),
        lambda vocab: vocab.lookup_indices("ab"),
        lambda vocab: vocab.lookup_indices(1),
        lambda vocab: vocab("ab"),
        lambda vocab: vocab.set_default_index("a"),
        lambda vocab: vocab.set_default_index(1.5),
        lambda vocab: vocab.set_default_index(True),
    ],
)
def test_arguments_of_a_wrong_type_meet_the_same_exception(call: Callable[[Any], Any]) -> None:
    """Left out: ``lookup_indices([1])`` and a lone surrogate, which crash torchtext 0.18.0 and the Python around it."""
    theirs, ours = (outcome(call, module.vocab(OrderedDict(a=2, b=1))) for module in (vocabulary, dropin))
    assert ours == theirs


@settings(max_examples=15)
@given(COUNTS, st.none() | INDICES)
def test_both_survive_pickling_and_copying(counts: OrderedDict[str, int], default: int | None) -> None:
    for module in (vocabulary, dropin):
        vocab = module.vocab(copy.deepcopy(counts))
        vocab.set_default_index(default)
        assert state(pickle.loads(pickle.dumps(vocab))) == state(vocab)
        assert state(copy.deepcopy(vocab)) == state(vocab)
        assert vocab.state_dict() == {}
