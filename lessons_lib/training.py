"""Training and evaluation: one epoch, an honest evaluation, and ``fit``, which can be interrupted."""

import ctypes
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from torch.utils.data import DataLoader
from tqdm import tqdm

from lessons_lib import checkpoints
from lessons_lib.batches import Batch, Example, collate, encode_text
from lessons_lib.distributed import is_first, processes
from lessons_lib.models import ReviewClassifier
from lessons_lib.vocabulary import Vocab

FUSED = torch.__version__ >= (2, 4)
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3  # as in glibc's malloc.h


@dataclass
class History:
    """What ``fit`` measured, one entry an epoch; accuracies from 0 to 1, losses in nats a review, times in seconds."""

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, train: tuple[float, float], valid: tuple[float, float], seconds: float) -> None:
        """Append an epoch: (loss, accuracy) on the training and on the validation reviews, and its duration."""
        self.train_loss.append(train[0])
        self.train_accuracy.append(train[1])
        self.valid_loss.append(valid[0])
        self.valid_accuracy.append(valid[1])
        self.seconds.append(seconds)

    @property
    def best_epoch(self) -> int:
        """The first epoch, counted from 0, with the highest validation accuracy."""
        return max(range(len(self.valid_accuracy)), key=self.valid_accuracy.__getitem__)


def device() -> torch.device:
    """Return the GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def keep_memory() -> None:
    """Have the C library keep freed memory for the next batch, where it is glibc; other systems are left as they are.

    By default glibc gives large blocks back after each batch, and the next one pays again for every page: in a
    bidirectional model a third of the time.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        for setting, size in ((M_MMAP_THRESHOLD, 2**25), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 2**26)):
            mallopt(setting, size)


def adam(model: nn.Module, lr: float) -> torch.optim.Adam:
    """Return Adam for the parameters that are trained, fused where this torch has that for the CPU (2.4 and newer).

    Over the 1.4 million numbers of the book's embedding a fused step takes a fifth of the time of an ordinary one.
    """
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return torch.optim.Adam(parameters, lr=lr, fused=FUSED)


def train_epoch(
    model: nn.Module,
    batches: Iterable[Batch],
    optimizer: torch.optim.Optimizer,
    scheduler: LRScheduler | None = None,
) -> tuple[float, float]:
    """Train a model for one pass over batches and return its mean loss a review and its accuracy on the way.

    A ``scheduler`` makes a step after each batch.
    """
    model.train()
    return _pass(model, batches, optimizer, scheduler)


@torch.no_grad()
def evaluate(model: nn.Module, batches: Iterable[Batch]) -> tuple[float, float]:
    """Return the mean loss a review and the accuracy of a model, in evaluation mode and without gradients."""
    model.eval()
    return _pass(model, batches, None)


def _pass(
    model: nn.Module,
    batches: Iterable[Batch],
    optimizer: torch.optim.Optimizer | None,
    scheduler: LRScheduler | None = None,
) -> tuple[float, float]:
    place = next(model.parameters()).device
    loss_sum = correct = count = 0.0
    for batch in batches:
        tokens, labels, lengths = batch.to(place)
        logits = model(tokens, lengths)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, labels)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if scheduler is not None:
            scheduler.step()
        loss_sum += loss.item() * len(labels)
        correct += ((logits >= 0) == (labels == 1)).sum().item()
        count += len(labels)
    if not count:
        raise ValueError("there is no review to train on or to evaluate: the batches are empty")
    return loss_sum / count, correct / count


def fit(
    model: ReviewClassifier,
    train: DataLoader[Batch],
    valid: DataLoader[Batch],
    epochs: int = 10,
    lr: float = 0.001,
    one_cycle: bool = False,
    checkpoint: Path | None = None,
    progress: bool = True,
) -> History:
    """Train with Adam and binary cross-entropy, evaluate after every epoch, and keep the best epoch's weights.

    The best epoch is the first with the highest validation accuracy. ``train`` and ``valid`` come from
    :func:`lessons_lib.batches.bucketed_loader`. ``one_cycle`` lets the learning rate rise to ``lr`` over the first 30 %
    of the batches and fall to almost 0 over the others. With ``checkpoint`` the whole state is saved to that file after
    every epoch, and a later call with the same file goes on from there, with the same result as an uninterrupted run.

    Under ``torchrun`` the gradients are averaged over the processes; the training figures are those of the first one.
    """
    keep_memory()
    model.to(device())
    optimizer = adam(model, lr)
    history, best = History(), model.state_dict()
    if checkpoint is not None and checkpoint.exists():
        best, measured = checkpoints.load_training(checkpoint, model, optimizer, asdict(history))
        history = History(**measured)
    done = len(history.seconds)
    trained = DistributedDataParallel(model) if processes() > 1 else model
    scheduler = None
    if one_cycle:
        scheduler = OneCycleLR(optimizer, lr, total_steps=epochs * len(train), cycle_momentum=False)
        if done:
            steps = done * len(train)
            scheduler.load_state_dict({"last_epoch": steps - 1, "_step_count": steps})
            scheduler.step()
    with tqdm(total=epochs, initial=min(done, epochs), unit="epoch", disable=not (progress and is_first())) as bar:
        for epoch in range(done, epochs):
            start = perf_counter()
            train.batch_sampler.set_epoch(epoch)
            trained_on = train_epoch(trained, train, optimizer, scheduler)
            history.add(trained_on, evaluate(model, valid), perf_counter() - start)
            if history.best_epoch == epoch:
                best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            if checkpoint is not None and is_first():
                checkpoints.save_training(checkpoint, model, best, optimizer, asdict(history))
            train_accuracy, valid_accuracy = history.train_accuracy[-1], history.valid_accuracy[-1]
            bar.set_postfix(train=f"{train_accuracy:.1%}", valid=f"{valid_accuracy:.1%}", refresh=False)
            bar.update()
    model.load_state_dict(best)
    return history


@torch.no_grad()
def predict(model: nn.Module, texts: Sequence[str], vocab: Vocab) -> Tensor:
    """Return the probability that each text is positive, float32 ``[len(texts)]``, by the same steps as in training.

    A text without a known token has an answer too: what the model says to unknown tokens alone.

    Raises ValueError for anything but texts, such as one text that is in no list.
    """
    if isinstance(texts, str) or not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"a list of texts is needed, such as ['A warm film.'], and not {texts!r:.80}")
    model.eval()
    place = next(model.parameters()).device
    batch = collate([Example(encode_text(text, vocab), 0.0) for text in texts]).to(place)
    return torch.sigmoid(model(batch.tokens, batch.lengths)).cpu()
