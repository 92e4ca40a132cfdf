"""Word vectors: what a word's neighbours say about it, learned from text without labels by gensim's word2vec."""

from collections.abc import Iterable

import torch
from torch import Tensor

from lessons_lib.tokens import tokenize
from lessons_lib.vocabulary import Vocab

SIZE = 100


def learn(texts: Iterable[str], vocab: Vocab) -> Tensor:
    """Return a vector for each token of a vocabulary, float32 ``[len(vocab), SIZE]``, learned from texts.

    The numbers have a standard deviation of 0.5; padding and tokens that the texts hold less than five times have
    zeros. One thread, so that the same texts give the same vectors.

    Source: Mikolov et al., *Efficient Estimation of Word Representations in Vector Space* (2013),
    with skip-grams.
    """
    from gensim.models import Word2Vec

    sentences = [tokenize(text) for text in texts]
    keyed = Word2Vec(sentences, vector_size=SIZE, sg=1, epochs=12, sample=1e-4, workers=1, seed=1).wv
    table = torch.zeros(len(vocab), SIZE)
    for index, token in enumerate(vocab.get_itos()):
        if token in keyed:
            table[index] = torch.from_numpy(keyed[token].copy())
    return table * (0.5 / table[table.any(dim=1)].std())
