"""Word vectors: words with the same neighbours get near vectors, and the same texts give the same vectors."""

import random

import pytest
import torch

from lessons_lib import vectors, vocabulary


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Sentences in which ``good`` and ``fine`` stand among the same words, ``seven`` and ``eight`` among others."""
    draw = random.Random(1)
    frames = {
        ("good", "fine"): ["the film was {} and i liked the story", "a {} story with a {} cast in the film"],
        ("seven", "eight"): ["we met at {} in front of number {}", "there were {} chairs and {} tables at number"],
    }
    sentences = []
    for words, patterns in frames.items():
        for _ in range(3000):
            pattern = draw.choice(patterns)
            sentences.append(pattern.format(*(draw.choice(words) for _ in range(pattern.count("{}")))))
    draw.shuffle(sentences)
    return [*sentences, "once upon"]


@pytest.fixture(scope="module")
def vocab(texts: list[str]) -> vocabulary.Vocab:
    return vocabulary.build(vocabulary.count_tokens(texts))


@pytest.fixture(scope="module")
def table(texts: list[str], vocab: vocabulary.Vocab) -> torch.Tensor:
    return vectors.learn(texts, vocab)


def test_words_with_the_same_neighbours_are_near(table: torch.Tensor, vocab: vocabulary.Vocab) -> None:
    good, fine, seven, eight = torch.nn.functional.normalize(table[vocab(["good", "fine", "seven", "eight"])])
    assert good @ fine > good @ seven
    assert seven @ eight > seven @ fine


def test_the_table_has_a_row_for_each_token(table: torch.Tensor, vocab: vocabulary.Vocab) -> None:
    assert table.shape == (len(vocab), vectors.SIZE)
    learned = table.any(dim=1)
    assert learned[vocab["good"]]
    assert not learned[vocab(["<pad>", "<unk>", "once"])].any()  # once is there only once
    assert table[learned].std().item() == pytest.approx(0.5, abs=1e-3)


def test_the_same_texts_give_the_same_vectors(
    table: torch.Tensor, texts: list[str], vocab: vocabulary.Vocab
) -> None:
    assert torch.equal(vectors.learn(texts, vocab), table)
