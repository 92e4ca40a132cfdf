"""Probes of a finished model: its answer word by word, its gates, and a report card of its behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lessons_lib.batches import Example, collate, encode_label, encode_text
from lessons_lib.models import ReviewClassifier
from lessons_lib.pairs import PLACES, Pair, contrast_pairs, negation_pairs, signal_pairs, twins
from lessons_lib.reviews import load_reviews
from lessons_lib.tokens import tokenize
from lessons_lib.vocabulary import UNK, Vocab

QUARTERS = ("shortest", "second", "third", "longest")
BATCH_SIZE = 64


@dataclass(frozen=True)
class PairScore:
    """What a model makes of pairs of a blaming and a praising text.

    ``accuracy`` is the share of the texts on the right side of 0.5, ``both_right`` the share of the pairs with both of
    them there, ``ordered`` the share of the pairs whose praise gets the higher probability, ``gap`` by how much, in the
    mean. A model that cannot tell the two apart is right once a pair, has nothing ordered and a gap of 0.
    """

    pairs: int
    accuracy: float
    both_right: float
    ordered: float
    gap: float


@dataclass(frozen=True)
class Calibration:
    """The bins that hold any probability: their mean, their share of positive reviews, their size, each ``[bins]``.

    ``error`` is the expected calibration error: the distance of the first two, averaged over the reviews.
    """

    mean: Tensor
    positive: Tensor
    count: Tensor
    error: float


@dataclass(frozen=True)
class Gates:
    """What an LSTM does at each token, all ``[time, hidden]``: its three gates, and its two states after the token."""

    input: Tensor
    forget: Tensor
    output: Tensor
    cell: Tensor
    hidden: Tensor


@dataclass(frozen=True)
class ReportCard:
    """The behaviour of a model: every probe's result, see :func:`report_card`."""

    accuracy: float
    shuffled: float
    lengths: list[float]
    twins: PairScore
    negation: PairScore
    contrast: PairScore
    signal: dict[str, PairScore]
    padding: float
    calibration: Calibration


def report_card(model: nn.Module, vocab: Vocab, data: str = "sample") -> ReportCard:
    """Return all probes of a model.

    Accuracies, lengths and calibration are of the test split of ``data``, the twins always of the sample's. So this is
    for looking at a finished model: who changes a model by what it shows has no test split left.
    """
    tested, sample = load_reviews("test", data), load_reviews("test", "sample")
    readings = [encode_text(review.text, vocab) for review in tested]
    labels = torch.tensor([encode_label(review.label) for review in tested])
    answers = probabilities(model, readings)
    return ReportCard(
        accuracy=accuracy(answers, labels),
        shuffled=accuracy(probabilities(model, shuffled(readings)), labels),
        lengths=by_length(answers, labels, torch.tensor([len(reading) for reading in readings])),
        twins=score_pairs(model, twins(sample), vocab),
        negation=score_pairs(model, negation_pairs(), vocab),
        contrast=score_pairs(model, contrast_pairs(), vocab),
        signal={place: score_pairs(model, signal_pairs(place), vocab) for place in PLACES},
        padding=padding_change(model, readings[:: len(readings) // 50]),
        calibration=calibration(answers, labels),
    )


def table(cards: Mapping[str, ReportCard]) -> str:
    """Return report cards side by side: a column for each name."""
    columns = [_lines(card) for card in cards.values()]
    rows = [("", *cards), *((line, *(column[line] for column in columns)) for line in columns[0])]
    return "\n".join(f"{name:32}" + "".join(f"{value:>12}" for value in values) for name, *values in rows)


def _lines(card: ReportCard) -> dict[str, str]:
    """Return the lines of a card by their names."""
    shares = {"test reviews: accuracy": card.accuracy, "  words shuffled": card.shuffled}
    shares |= {f"  {name} quarter": share for name, share in zip(QUARTERS, card.lengths, strict=True)}
    for name, score in {"twins": card.twins, "negation": card.negation, "contrast": card.contrast}.items():
        shares |= {f"{name}: accuracy": score.accuracy, f"  both {name} right": score.both_right}
        shares |= {f"  {name} in order": score.ordered}
    lines = {name: f"{share:.1%}" for name, share in shares.items()}
    lines |= {f"opinion {place}: gap": f"{score.gap:+.2f}" for place, score in card.signal.items()}
    return lines | {"calibration error": f"{card.calibration.error:.1%}", "pads move P by": f"{card.padding:.0e}"}


@torch.no_grad()
def probabilities(model: nn.Module, readings: Sequence[Tensor]) -> Tensor:
    """Return P(positive) of encoded texts in their order, ``[readings]``; a reading is token indices ``[length]``."""
    model.eval()
    place = next(model.parameters()).device
    order = sorted(range(len(readings)), key=lambda index: len(readings[index]))
    answers = torch.empty(len(readings))
    for start in range(0, len(order), BATCH_SIZE):
        part = order[start : start + BATCH_SIZE]
        batch = collate([Example(readings[index], 0.0) for index in part]).to(place)
        answers[part] = torch.sigmoid(model(batch.tokens, batch.lengths)).cpu()
    return answers


def accuracy(probabilities: Tensor, labels: Tensor) -> float:
    """Return the share of probabilities on the right side of 0.5, for labels 0.0 or 1.0; both are ``[reviews]``."""
    return ((probabilities >= 0.5) == (labels == 1)).float().mean().item()


def running_probability(model: nn.Module, text: str, vocab: Vocab) -> tuple[list[str], Tensor]:
    """Return the tokens of a text, and P(positive) after each: what the model says to the text so far, ``[time]``.

    A text without any token is one unknown token, as in ``training.predict``.
    """
    tokens = encode_text(text, vocab)
    return tokenize(text) or [UNK], probabilities(model, [tokens[: end + 1] for end in range(len(tokens))])


@torch.no_grad()
def gates(model: ReviewClassifier, tokens: Tensor) -> Gates:
    """Return the gates and states of a model's forward LSTM at each token of a text; ``tokens`` is ``[time]``.

    Raises ValueError for a model without an LSTM.
    """
    if model.config["cell"] != "lstm":
        raise ValueError(f"a model with the cell {model.config['cell']!r} has no such gates: take one with an LSTM")
    lstm = model.eval().recurrences[0]
    hidden = cell = torch.zeros(lstm.hidden_size, device=tokens.device)
    steps = []
    for x in model.embed(tokens):
        sums = lstm.weight_ih_l0 @ x + lstm.bias_ih_l0 + lstm.weight_hh_l0 @ hidden + lstm.bias_hh_l0
        i, f, g, o = sums.chunk(4)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        hidden = o.sigmoid() * cell.tanh()
        steps.append((i.sigmoid(), f.sigmoid(), o.sigmoid(), cell, hidden))
    return Gates(*(torch.stack(states) for states in zip(*steps, strict=True)))


def score_pairs(model: nn.Module, pairs: Sequence[Pair], vocab: Vocab) -> PairScore:
    """Return what a model makes of pairs of a blaming and a praising text."""
    answers = probabilities(model, [encode_text(text, vocab) for pair in pairs for text in pair]).view(-1, 2)
    right = torch.stack([answers[:, 0] < 0.5, answers[:, 1] >= 0.5], dim=1)
    return PairScore(
        pairs=len(pairs),
        accuracy=right.float().mean().item(),
        both_right=right.all(dim=1).float().mean().item(),
        ordered=(answers[:, 1] > answers[:, 0]).float().mean().item(),
        gap=(answers[:, 1] - answers[:, 0]).mean().item(),
    )


def shuffled(readings: Sequence[Tensor], seed: int = 1) -> list[Tensor]:
    """Return the readings with the tokens of each in random order."""
    generator = torch.Generator().manual_seed(seed)
    return [tokens[torch.randperm(len(tokens), generator=generator)] for tokens in readings]


@torch.no_grad()
def padding_change(model: nn.Module, readings: Sequence[Tensor], pads: int = 50) -> float:
    """Return by how much pads behind a text change P(positive) at most: by 0, but for rounding, where all is well."""
    model.eval()
    place = next(model.parameters()).device
    change = 0.0
    for tokens in readings:
        row, length = tokens.unsqueeze(0).to(place), torch.tensor([len(tokens)], device=place)
        answers = [torch.sigmoid(model(x, length)).item() for x in (row, nn.functional.pad(row, (0, pads)))]
        change = max(change, abs(answers[0] - answers[1]))
    return change


def by_length(probabilities: Tensor, labels: Tensor, lengths: Tensor) -> list[float]:
    """Return the accuracy on each quarter of the reviews, the shortest ones first; all three are ``[reviews]``."""
    quarters = lengths.argsort(stable=True).tensor_split(len(QUARTERS))
    return [accuracy(probabilities[quarter], labels[quarter]) for quarter in quarters]


def calibration(probabilities: Tensor, labels: Tensor, bins: int = 10) -> Calibration:
    """Compare the probabilities, in bins of equal width, with the share of positive reviews; both are ``[reviews]``.

    Source of the error: Guo et al., *On Calibration of Modern Neural Networks* (ICML 2017), here for P(positive).
    """
    places = torch.bucketize(probabilities, torch.linspace(0, 1, bins + 1)[1:-1])
    count = torch.bincount(places, minlength=bins)
    used = count > 0
    sums = [torch.bincount(places, weights=values, minlength=bins) for values in (probabilities, labels)]
    mean, positive = (total[used] / count[used] for total in sums)
    error = ((mean - positive).abs() * count[used]).sum().item() / len(labels)
    return Calibration(mean, positive, count[used], error)


def most_confident_mistakes(probabilities: Tensor, labels: Tensor, count: int = 5) -> list[int]:
    """Return the places of the wrong answers that the model was surest of, the surest first; both are ``[reviews]``."""
    loss = (probabilities - labels).abs()
    return [place for place in loss.argsort(descending=True, stable=True).tolist() if loss[place] > 0.5][:count]
