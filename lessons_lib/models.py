"""The review classifier: embedding, a recurrence in one direction or two, and a small dense head."""

from typing import Any

import torch
from torch import Tensor, nn

CELLS: dict[str, type[nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
POOLINGS = ("last", "mean", "max", "max+mean")
UNK_INDEX = 1
STRONG: dict[str, Any] = {
    "embed_dim": 100,
    "bidirectional": True,
    "pooling": "max+mean",
    "word_dropout": 0.05,
    "embed_dropout": 0.1,
    "dropout": 0.3,
    "frozen_embedding": True,
}
MODELS: dict[str, dict[str, Any]] = {
    "mean": {"cell": None, "pooling": "mean"},
    "rnn": {"cell": "rnn"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "bilstm": {"cell": "lstm", "bidirectional": True},
    "lstm_pooled": {"cell": "lstm", "pooling": "max"},
    "bilstm_vectors": STRONG,
    "bilstm_unlabelled": STRONG,
}


class ReviewClassifier(nn.Module):
    """Read a padded batch of reviews and return one logit each; a logit above 0 means positive.

    The numbers of the book are the defaults: embedding 20, hidden state 64, dense layer 64. The recurrence runs
    over the padded batch and the states at the pads are never read, which gives the same logits and gradients as
    ``pack_padded_sequence`` and is many times faster on a CPU. The second direction is a recurrence of its own that
    reads each review from its last token to its first. Without a ``cell`` the head reads the embeddings themselves.

    ``pooling`` says what the head sees of the states at the real tokens: ``"last"`` (the state after the last token
    read), ``"mean"``, ``"max"`` or ``"max+mean"``, one behind the other.

    While training, ``word_dropout`` is the part of the tokens that are read as unknown, ``embed_dropout`` the part of
    the embeddings' numbers and ``dropout`` the part of the head's inputs that are set to 0. A ``frozen_embedding`` is
    not trained.

    Raises ValueError for an unknown cell or pooling.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_dim: int = 20,
        hidden_size: int = 64,
        fc_size: int = 64,
        cell: str | None = "lstm",
        bidirectional: bool = False,
        pooling: str = "last",
        word_dropout: float = 0.0,
        embed_dropout: float = 0.0,
        dropout: float = 0.0,
        frozen_embedding: bool = False,
    ) -> None:
        super().__init__()
        if cell is not None and cell not in CELLS:
            raise ValueError(f"unknown cell {cell!r}: choose one of {', '.join(CELLS)}")
        if pooling not in POOLINGS:
            raise ValueError(f"unknown pooling {pooling!r}: choose one of {', '.join(POOLINGS)}")
        self.config = {
            "vocab_size": vocab_size,
            "embed_dim": embed_dim,
            "hidden_size": hidden_size,
            "fc_size": fc_size,
            "cell": cell,
            "bidirectional": bidirectional,
            "pooling": pooling,
            "word_dropout": word_dropout,
            "embed_dropout": embed_dropout,
            "dropout": dropout,
            "frozen_embedding": frozen_embedding,
        }
        self.pooling, self.word_dropout = pooling, word_dropout
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=0)
        self.embedding.weight.requires_grad_(not frozen_embedding)
        self.embed_dropout, self.dropout = nn.Dropout(embed_dropout), nn.Dropout(dropout)
        directions = 0 if cell is None else 2 if bidirectional else 1
        self.recurrences = nn.ModuleList(
            CELLS[cell](embed_dim, hidden_size, batch_first=True) for _ in range(directions)
        )
        width = directions * hidden_size if cell else embed_dim
        self.fc1 = nn.Linear(width * len(pooling.split("+")), fc_size)
        self.fc2 = nn.Linear(fc_size, 1)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Return logits ``[batch]`` for tokens ``[batch, time]``, padded at the end, and their lengths ``[batch]``."""
        features = self.dropout(self.features(tokens, lengths))
        return self.fc2(torch.relu(self.fc1(features))).squeeze(1)

    def features(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Return what the head reads, ``[batch, features]``: forward direction first, then backward."""
        if self.training and self.word_dropout:
            dropped = torch.rand(tokens.shape, device=tokens.device) < self.word_dropout
            tokens = tokens.masked_fill(dropped, UNK_INDEX)
        if not self.recurrences:
            return pool(self.embed(tokens), lengths, self.pooling)
        readings = [tokens, reverse(tokens, lengths)][: len(self.recurrences)]
        embedded = self.embed(torch.cat(readings)).chunk(len(readings))  # one lookup, so one gradient of the table
        pooled = []
        for recurrence, reading in zip(self.recurrences, embedded, strict=True):
            states, _ = recurrence(reading)
            pooled.append(pool(states, lengths, self.pooling))
        return torch.cat(pooled, dim=1)

    def embed(self, tokens: Tensor) -> Tensor:
        """Return the embeddings ``[batch, time, embed_dim]`` of tokens ``[batch, time]``, after their dropout."""
        return self.embed_dropout(self.embedding(tokens))


def build(name: str, vocab_size: int) -> ReviewClassifier:
    """Return a new classifier by its name in ``MODELS``; raises ValueError for another name."""
    if name not in MODELS:
        raise ValueError(f"unknown model {name!r}: choose one of {', '.join(MODELS)}")
    return ReviewClassifier(vocab_size, **MODELS[name])


def reverse(tokens: Tensor, lengths: Tensor) -> Tensor:
    """Reverse each row within its length and leave the pads behind it in place.

    ``[[5, 6, 7, 0]]`` with length 3 becomes ``[[7, 6, 5, 0]]``. Both are ``[batch, time]``.
    """
    place = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
    ends = lengths.unsqueeze(1)
    return tokens.gather(1, torch.where(place < ends, ends - 1 - place, place))


def pool(states: Tensor, lengths: Tensor, pooling: str) -> Tensor:
    """Reduce states ``[batch, time, hidden]`` over each row's real tokens to ``[batch, hidden]``.

    ``"max+mean"`` gives ``[batch, 2 * hidden]``.
    """
    if pooling == "last":
        return states[torch.arange(len(states), device=states.device), lengths - 1]
    is_pad = (torch.arange(states.shape[1], device=states.device) >= lengths.unsqueeze(1)).unsqueeze(2)
    pooled = []
    if "max" in pooling:
        pooled.append(states.masked_fill(is_pad, -torch.inf).amax(dim=1))
    if "mean" in pooling:
        pooled.append(states.masked_fill(is_pad, 0).sum(dim=1) / lengths.unsqueeze(1))
    return torch.cat(pooled, dim=1)
