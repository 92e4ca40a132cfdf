"""The vocabulary of torchtext 0.18.0 in plain Python, for places where torchtext cannot be imported.

Two things are not the same. It has no TorchScript: ``torch.jit.script`` refuses it. And where torch is 2.6 or newer,
``torch.load`` reads it back only with ``weights_only=False``, as it does any object that is more than tensors.
"""

import operator
from collections import Counter, OrderedDict
from collections.abc import Iterable

from torch import nn


class _Indices(dict[str, int]):
    """From token to index; any other string has the ``default`` index, or without one raises RuntimeError."""

    default: int | None = None

    def __missing__(self, token: str) -> int:
        _string(token)
        if self.default is None:
            raise RuntimeError(f"Token {token} not found and default index is not set")
        return self.default


class Vocab(nn.Module):
    """A two-way table between tokens and indices, with torchtext's names, behaviour and error types.

    Raises RuntimeError, as torchtext does, for a token given twice, an unknown token without a default index,
    and an index out of range; TypeError for a token that is not a string and for tokens that are not in a list.
    """

    def __init__(self, tokens: Iterable[str], default_index: int | None = None) -> None:
        super().__init__()
        self.itos: list[str] = []
        self.stoi = _Indices()
        self.set_default_index(default_index)
        for token in tokens:
            self.append_token(token)

    def forward(self, tokens: list[str]) -> list[int]:
        """Return the indices of tokens: what ``vocab(tokens)`` calls."""
        return self.lookup_indices(tokens)

    def __len__(self) -> int:
        return len(self.itos)

    def __contains__(self, token: str) -> bool:
        return _string(token) in self.stoi

    def __getitem__(self, token: str) -> int:
        return self.stoi[token]

    def set_default_index(self, index: int | None) -> None:
        """Set the index that stands for every unknown token; None makes an unknown token an error."""
        self.stoi.default = None if index is None else operator.index(index)

    def get_default_index(self) -> int | None:
        """Return the index that stands for unknown tokens, or None."""
        return self.stoi.default

    def insert_token(self, token: str, index: int) -> None:
        """Put a new token at an index and move the tokens from there on by one."""
        if not 0 <= index <= len(self):
            raise RuntimeError(f"Specified index {index} is out of bounds for vocab of size {len(self)}")
        if token in self:
            raise RuntimeError(f"Token {token} already exists in the Vocab with index: {self[token]}")
        self.itos.insert(index, token)
        self.stoi.update((moved, place) for place, moved in enumerate(self.itos[index:], index))

    def append_token(self, token: str) -> None:
        """Put a new token at the end."""
        self.insert_token(token, len(self))

    def lookup_token(self, index: int) -> str:
        """Return the token at an index."""
        if not 0 <= index < len(self):
            raise RuntimeError(f"Specified index {index} is out of bounds for vocab of size {len(self)}")
        return self.itos[index]

    def lookup_tokens(self, indices: list[int]) -> list[str]:
        """Return the tokens at several indices."""
        return [self.lookup_token(index) for index in indices]

    def lookup_indices(self, tokens: list[str]) -> list[int]:
        """Return the indices of several tokens, which stand in a list: torchtext takes nothing else."""
        if not isinstance(tokens, list):
            raise TypeError(f"tokens must be a list of strings, not {type(tokens).__name__}")
        return list(map(self.stoi.__getitem__, tokens))

    def get_stoi(self) -> dict[str, int]:
        """Return a copy of the table from token to index."""
        return dict(self.stoi)

    def get_itos(self) -> list[str]:
        """Return a copy of the tokens in order of their indices."""
        return list(self.itos)


def vocab(
    ordered_dict: dict[str, int], min_freq: int = 1, specials: list[str] | None = None, special_first: bool = True
) -> Vocab:
    """Return a Vocab of the tokens that occur at least ``min_freq`` times, in the order of the dictionary.

    As in torchtext, special tokens are taken out of ``ordered_dict`` itself.
    """
    specials = specials or []
    for token in specials:
        ordered_dict.pop(token, None)
    tokens = [token for token, count in ordered_dict.items() if count >= min_freq]
    return Vocab([*specials, *tokens] if special_first else [*tokens, *specials])


def build_vocab_from_iterator(
    iterator: Iterable[Iterable[str]],
    min_freq: int = 1,
    specials: list[str] | None = None,
    special_first: bool = True,
    max_tokens: int | None = None,
) -> Vocab:
    """Count the tokens of many texts and return their Vocab, commonest first, ties in alphabetical order."""
    counts: Counter[str] = Counter()
    for tokens in iterator:
        counts.update(tokens)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if max_tokens is not None:
        kept = max_tokens - len(specials or [])
        assert kept > 0, "len(specials) >= max_tokens, so the vocab will be entirely special tokens."
        ordered = ordered[:kept]
    return vocab(OrderedDict(ordered), min_freq, specials, special_first)


def _string(token: str) -> str:
    if not isinstance(token, str):
        raise TypeError(f"a token must be a string, not {type(token).__name__}: {token!r}")
    return token
