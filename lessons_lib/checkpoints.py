"""Checkpoints: models with their vocabulary, and training runs, in safetensors files written all or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from lessons_lib.models import ReviewClassifier
from lessons_lib.vocabulary import UNK, Vocab, vocab as make_vocab

FORMAT = "lessons-1"


class CheckpointError(Exception):
    """A checkpoint that is missing, damaged or does not fit; the message says what to do."""


def save(path: Path, model: ReviewClassifier, vocab: Vocab) -> None:
    """Save a model together with the vocabulary it was trained with."""
    tokens = "\n".join(vocab.get_itos()).encode("utf-8")
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors["vocabulary"] = torch.frombuffer(bytearray(tokens), dtype=torch.uint8)
    _write(path, "model", tensors, {"config": model.config})


def load(path: Path) -> tuple[ReviewClassifier, Vocab]:
    """Return a saved model, on the CPU and in evaluation mode, and its vocabulary.

    Raises CheckpointError for a file that is missing, damaged or not a saved model.
    """
    tensors, facts = _read(path, "model")
    tokens = bytes(tensors.pop("vocabulary").tolist()).decode("utf-8").split("\n")
    vocab = make_vocab(dict.fromkeys(tokens, 1))
    vocab.set_default_index(vocab[UNK])
    model = ReviewClassifier(**facts["config"])
    model.load_state_dict(_part(tensors, "model."))
    return model.eval(), vocab


def save_training(
    path: Path,
    model: ReviewClassifier,
    best: Mapping[str, Tensor],
    optimizer: torch.optim.Optimizer,
    history: Mapping[str, list[float]],
) -> None:
    """Save a training run after an epoch: the model, its best weights so far, its optimizer, and the measurements."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors.update({f"best.{name}": tensor for name, tensor in best.items()})
    for number, state in optimizer.state_dict()["state"].items():
        tensors.update({f"optimizer.{number}.{name}": tensor for name, tensor in state.items()})
    _write(path, "training", tensors, {"config": model.config, "history": history})


def load_training(
    path: Path, model: ReviewClassifier, optimizer: torch.optim.Optimizer
) -> tuple[dict[str, Tensor], dict[str, list[float]]]:
    """Put a saved run into a model and its optimizer; return its best weights so far and the measurements.

    Raises CheckpointError for a file that is missing, damaged, not a training run, or of another model.
    """
    tensors, facts = _read(path, "training")
    if facts["config"] != model.config:
        raise CheckpointError(
            f"{path} holds another model ({facts['config']}): choose another file, or delete this one"
        )
    model.load_state_dict(_part(tensors, "model."))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _part(tensors, "optimizer.").items():
        number, _, key = name.partition(".")
        state.setdefault(int(number), {})[key] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return _part(tensors, "best."), facts["history"]


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _write(path: Path, kind: str, tensors: dict[str, Tensor], facts: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    metadata = {"format": FORMAT, "kind": kind, "facts": json.dumps(facts)}
    try:
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, unfinished, metadata)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _read(path: Path, kind: str) -> tuple[dict[str, Tensor], dict]:
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}: train a model first, or correct the path")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dictionary)
    except (SafetensorError, OSError) as problem:
        raise CheckpointError(
            f"{path} is not a safetensors file, or damaged ({problem}): train or copy it anew"
        ) from problem
    found = metadata.get("format"), metadata.get("kind")
    if found != (FORMAT, kind):
        raise CheckpointError(
            f"{path} is no {kind} checkpoint of format {FORMAT} (it says {found}): choose another file"
        )
    return tensors, json.loads(metadata["facts"])
