"""Recorded runs: train a model for several seeds, score it on the test split once, and keep what was measured."""

import json
import os
import platform
from pathlib import Path

import numpy
import torch

from lessons_lib import checkpoints
from lessons_lib.batches import bucketed_loader, encode
from lessons_lib.models import build
from lessons_lib.records import Record, load
from lessons_lib.reviews import data_hash, load_reviews, train_valid_split
from lessons_lib.training import device, evaluate, fit
from lessons_lib.vocabulary import BACKEND, build as build_vocabulary, count_tokens

BATCH_SIZE = 32
EPOCHS = 10
LEARNING_RATE = {"sample": 0.003, "imdb": 0.001}


def train(data: str, model_name: str, seeds: int, folder: Path) -> Record:
    """Train a model for seeds 1 to ``seeds`` and return their record; seeds already recorded are not run again.

    In ``folder`` stand the record ``DATA_MODEL.json`` and, in a folder of that name, each seed's best model.
    An interrupted run goes on after its last finished epoch. The test split is not opened.
    """
    training, validation = train_valid_split(load_reviews("train", data))
    vocab = build_vocabulary(count_tokens(review.text for review in training))
    encoded_training, valid = encode(training, vocab), bucketed_loader(encode(validation, vocab), 256)
    path = folder / f"{data}_{model_name}.json"
    facts = load(data, model_name, folder).facts if path.is_file() else {"data": data, "model": model_name, "seeds": {}}
    for seed in range(1, seeds + 1):
        if str(seed) in facts["seeds"]:
            continue
        torch.manual_seed(seed)
        model = build(model_name, len(vocab))
        loader = bucketed_loader(encoded_training, BATCH_SIZE, shuffle=True, seed=seed)
        unfinished = model_file(folder, data, model_name, seed).with_suffix(".training")
        print(f"{data} {model_name}, seed {seed} of {seeds}")
        history = fit(model, loader, valid, EPOCHS, LEARNING_RATE[data], checkpoint=unfinished)
        checkpoints.save(model_file(folder, data, model_name, seed), model.cpu(), vocab)
        facts["seeds"][str(seed)] = {
            "valid_accuracy": history.valid_accuracy[history.best_epoch],
            "best_epoch": history.best_epoch,
            "valid_accuracies": history.valid_accuracy,
            "train_accuracies": history.train_accuracy,
            "seconds": round(sum(history.seconds), 1),
        }
        facts.update(
            command=f"python -m lessons_lib train --data {data} --model {model_name} --seeds {seeds}",
            parameters={
                **model.config,
                "count": sum(parameter.numel() for parameter in model.parameters()),
                "batch_size": BATCH_SIZE,
                "epochs": EPOCHS,
                "learning_rate": LEARNING_RATE[data],
            },
            versions={"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__},
            vocabulary=BACKEND,
            machine={"system": platform.platform(), "cores": os.cpu_count(), "threads": torch.get_num_threads()},
            device=device().type,
            data_sha256={"train": data_hash("train", data)},
        )
        _write(path, facts)
        unfinished.unlink()
    return Record(facts)


def score(data: str, model_name: str, folder: Path) -> Record:
    """Measure the recorded seeds that have no test accuracy yet on the test split, and return the record."""
    facts = load(data, model_name, folder).facts
    reviews = load_reviews("test", data)
    for seed, result in facts["seeds"].items():
        if "test_accuracy" not in result:
            model, vocab = checkpoints.load(model_file(folder, data, model_name, int(seed)))
            _, result["test_accuracy"] = evaluate(model.to(device()), bucketed_loader(encode(reviews, vocab), 256))
            _write(folder / f"{data}_{model_name}.json", facts)
    facts["data_sha256"]["test"] = data_hash("test", data)
    _write(folder / f"{data}_{model_name}.json", facts)
    return Record(facts)


def model_file(folder: Path, data: str, model_name: str, seed: int = 1) -> Path:
    """Return the file of a seed's best model."""
    return folder / f"{data}_{model_name}" / f"seed_{seed}.safetensors"


def _write(path: Path, facts: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(unfinished, path)
