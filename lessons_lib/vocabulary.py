"""The vocabulary: torchtext's own where torchtext works, an equal drop-in where it does not.

``vocab``, ``build_vocab_from_iterator`` and ``Vocab`` come from one of the two; ``BACKEND`` says from which, and why.
"""

import gzip
import warnings
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from lessons_lib.tokens import tokenize

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torchtext
        from torchtext.vocab import Vocab, build_vocab_from_iterator, vocab

    BACKEND = f"torchtext {torchtext.__version__}"
except (
    Exception
) as problem:  # a broken torchtext raises OSError, an old one ImportError, a missing one ModuleNotFoundError
    from lessons_lib.dropin import Vocab, build_vocab_from_iterator, vocab

    BACKEND = f"drop-in, because torchtext cannot be used here ({type(problem).__name__})"

PAD, UNK = "<pad>", "<unk>"
IMDB_COUNTS = Path(__file__).parent / "data" / "imdb_counts.tsv.gz"

__all__ = [
    "BACKEND",
    "Vocab",
    "build",
    "build_vocab_from_iterator",
    "count_tokens",
    "imdb_counts",
    "pack",
    "unpack",
    "vocab",
]


def count_tokens(texts: Iterable[str]) -> Counter[str]:
    """Return how often each token occurs in texts; tokens stand in the order of their first appearance."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokenize(text))
    return counts


def build(counts: Mapping[str, int], min_freq: int = 1) -> Vocab:
    """Return the book's vocabulary: ``<pad>`` 0, ``<unk>`` 1 and the default, then tokens by falling count.

    Tokens that occur equally often keep their order in ``counts``. ``min_freq`` leaves out rarer tokens.
    """
    ordered = OrderedDict(sorted(counts.items(), key=lambda item: item[1], reverse=True))
    table = vocab(ordered, min_freq=min_freq)
    table.insert_token(PAD, 0)
    table.insert_token(UNK, 1)
    table.set_default_index(1)
    return table


def pack(table: Vocab) -> Tensor:
    """Return a vocabulary as bytes, a uint8 tensor, to be saved beside other tensors; see :func:`unpack`."""
    return torch.frombuffer(bytearray("\n".join(table.get_itos()).encode("utf-8")), dtype=torch.uint8)


def unpack(data: Tensor) -> Vocab:
    """Return the vocabulary that :func:`pack` turned into bytes, with its default index."""
    table = vocab(dict.fromkeys(data.numpy().tobytes().decode("utf-8").split("\n"), 1))
    table.set_default_index(table[UNK])
    return table


def imdb_counts() -> Counter[str]:
    """Return the counts of the 69,023 tokens in the book's 20,000 IMDb training reviews, commonest first.

    They ship with the library, so that the book's numbers can be shown without the archive.
    ``tools/pack_imdb_counts.py`` writes them.
    """
    with gzip.open(IMDB_COUNTS, "rt", encoding="utf-8") as lines:
        return Counter({token: int(count) for token, count in (line.split("\t") for line in lines)})
