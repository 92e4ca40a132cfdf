"""How fast an epoch is: the book's training loop against the library's, on the same reviews, in turn.

    python -m benchmarks.epoch_speed [--data imdb] [--batches 40] [--rounds 3] [--out FILE]

Both train the same model from the same weights on the same reviews, with batches of 32 and as many updates. The first
column counts the tokenizing on both sides; the second reads the library's reviews from the prepared cache; the third
also lets PyTorch compute in bfloat16 where it holds that safe, the best setting known to us where the processor has it.
The floor is the time that the arithmetic alone would take at the speed of this machine's matrix product.

Each loop has a process of its own, because :func:`lessons_lib.training.keep_memory`, which ``fit`` calls and the book
does not, changes the whole process. While one works the other waits. A first pass of each is not counted: there
PyTorch compiles its kernels for each length of a batch, once in a whole training.
"""

import argparse
import copy
import json
import platform
import random
import statistics
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader

from lessons_lib import models, training
from lessons_lib.batches import bucketed_loader, encode
from lessons_lib.models import ReviewClassifier
from lessons_lib.reviews import Review, load_reviews, train_valid_split
from lessons_lib.tokens import tokenize
from lessons_lib.vocabulary import Vocab, build, count_tokens

BATCH_SIZE = 32
LIBRARY_LOOPS = {
    "library": {},
    "library, cached": {"cached": True},
    "library, bfloat16": {"cached": True, "bfloat16": True},
}


class BookModel(nn.Module):
    """The book's classifier, with the weights of one of ours: embedding 20, LSTM 64, packed, dense 64, sigmoid."""

    def __init__(self, ours: ReviewClassifier) -> None:
        super().__init__()
        self.embedding, self.fc1, self.fc2 = (copy.deepcopy(part) for part in (ours.embedding, ours.fc1, ours.fc2))
        directions = len(ours.recurrences)
        self.rnn = nn.LSTM(20, 64, batch_first=True, bidirectional=directions == 2)
        for recurrence, suffix in zip(ours.recurrences, ("", "_reverse"), strict=False):
            for name, weight in recurrence.named_parameters():
                getattr(self.rnn, name + suffix).data.copy_(weight.data)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Return P(positive), ``[batch, 1]``."""
        packed = pack_padded_sequence(self.embedding(tokens), lengths.cpu(), enforce_sorted=False, batch_first=True)
        _, (hidden, _) = self.rnn(packed)
        last = torch.cat((hidden[-2], hidden[-1]), dim=1) if self.rnn.bidirectional else hidden[-1]
        return torch.sigmoid(self.fc2(torch.relu(self.fc1(last))))


def book_epoch(model: BookModel, reviews: Sequence[Review], vocab: Vocab) -> float:
    """Train for one pass as the book does, tokenizing in ``collate_batch``; return the seconds."""

    def collate_batch(batch: Sequence[Review]) -> tuple[Tensor, Tensor, Tensor]:
        texts = [torch.tensor(vocab(tokenize(review.text)), dtype=torch.int64) for review in batch]
        labels = torch.tensor([1.0 if review.label == "pos" else 0.0 for review in batch])
        lengths = torch.tensor([text.size(0) for text in texts])
        return pad_sequence(texts, batch_first=True), labels, lengths

    loader = DataLoader(reviews, batch_size=BATCH_SIZE, shuffle=True, collate_fn=collate_batch)
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=0.001), nn.BCELoss()
    start = perf_counter()
    model.train()
    right, loss_sum = 0.0, 0.0
    for texts, labels, lengths in loader:
        optimizer.zero_grad()
        predictions = model(texts, lengths)[:, 0]
        loss = loss_of(predictions, labels)
        loss.backward()
        optimizer.step()
        right += ((predictions >= 0.5).float() == labels).float().sum().item()
        loss_sum += loss.item() * labels.size(0)
    return perf_counter() - start


def library_epoch(
    model: ReviewClassifier, reviews: Sequence[Review], vocab: Vocab, cached: bool = False, bfloat16: bool = False
) -> float:
    """Train for one pass as the library does; return the seconds, those of encoding included unless ``cached``."""
    start = perf_counter()
    examples = encode(reviews, vocab)
    if cached:
        start = perf_counter()
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        training.train_epoch(model, bucketed_loader(examples, BATCH_SIZE, shuffle=True), training.adam(model, 0.001))
    return perf_counter() - start


def floor_seconds(model: ReviewClassifier, tokens: int) -> float:
    """Return the seconds that the products of the recurrences take at the speed of a large matrix product."""
    a, b = torch.rand(1024, 1024), torch.rand(1024, 1024)
    speeds = []
    for _ in range(20):
        start = perf_counter()
        a @ b
        speeds.append(2 * 1024**3 / (perf_counter() - start))
    recurrence = model.recurrences[0]
    gates = 4 * recurrence.hidden_size
    forward = 2 * tokens * gates * (recurrence.input_size + recurrence.hidden_size) * len(model.recurrences)
    return 3 * forward / max(speeds)  # backward costs two products for each of forward's


def measure(name: str, reviews: Sequence[Review], vocab: Vocab, rounds: int) -> dict:
    """Run the loops in turn, ``rounds`` times; return reviews a second of each, and their ratios to the book's."""
    torch.manual_seed(1)
    start = models.build(name, len(vocab))
    work, spawn = (reviews, vocab), get_context("spawn")
    seconds: dict[str, list[float]] = {}
    with (
        ProcessPoolExecutor(1, spawn) as book,
        ProcessPoolExecutor(1, spawn, initializer=training.keep_memory) as library,
    ):
        for _ in range(1 + rounds):
            seconds.setdefault("book", []).append(book.submit(book_epoch, BookModel(start), *work).result())
            for loop, settings in LIBRARY_LOOPS.items():
                seconds.setdefault(loop, []).append(library.submit(library_epoch, start, *work, **settings).result())
    seconds = {loop: times[1:] for loop, times in seconds.items()}
    floor = floor_seconds(start, sum(len(tokenize(review.text)) for review in reviews))
    ratios = {
        loop: [book / own for book, own in zip(seconds["book"], times, strict=True)] for loop, times in seconds.items()
    }
    return {
        "reviews_per_second": {loop: len(reviews) / statistics.median(times) for loop, times in seconds.items()},
        "ratio": {loop: statistics.median(values) for loop, values in ratios.items()},
        "ratio_spread": {loop: [min(values), max(values)] for loop, values in ratios.items()},
        "times_the_floor": {loop: statistics.median(times) / floor for loop, times in seconds.items()},
        "seconds": seconds,
    }


def main() -> None:
    """Measure, print a table, and write the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=("sample", "imdb"), default="imdb")
    parser.add_argument("--batches", type=int, default=40, help="batches of 32 reviews in each timed pass")
    parser.add_argument("--rounds", type=int, default=3, help="how often all loops are run, in turn")
    parser.add_argument("--out", type=Path, default=Path("runs/epoch_speed.json"))
    options = parser.parse_args()

    reviews, _ = train_valid_split(load_reviews("train", options.data))
    vocab = build(count_tokens(review.text for review in reviews))
    part = random.Random(1).sample(reviews, min(len(reviews), BATCH_SIZE * options.batches))
    machine = {
        "machine": platform.machine(),
        "system": platform.system(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    results: dict[str, dict] = {"machine": machine, "reviews": {"data": options.data, "count": len(part)}}
    print(f"{len(part):,} reviews, {len(vocab):,} tokens, {machine['threads']} threads, torch {torch.__version__}")
    for name in ("lstm", "bilstm"):
        results[name] = measure(name, part, vocab, options.rounds)
        print(f"\n{name:20} {'reviews/s':>10} {'ratio':>7} {'from':>7} {'to':>7} {'x floor':>8}")
        for loop, speed in results[name]["reviews_per_second"].items():
            low, high = results[name]["ratio_spread"][loop]
            ratio, times = results[name]["ratio"][loop], results[name]["times_the_floor"][loop]
            print(f"{loop:20} {speed:10.1f} {ratio:7.1f} {low:7.1f} {high:7.1f} {times:8.1f}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
