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
EPOCHS = {"sample": 6, "imdb": 10}
LEARNING_RATE = {"sample": 0.01, "imdb": 0.001}


def train(data: str, model_name: str, seeds: int, folder: Path) -> Record:
    """Train a model for seeds 1 to ``seeds`` and return their record; seeds already recorded are not run again.

    In ``folder`` stand the record ``DATA_MODEL.json`` and, in a folder of that name, each seed's best model.
    An interrupted run goes on after its last finished epoch. The test split is not opened.

    Raises ValueError where the folder holds a record of the same name made by another recipe or from other reviews.
    """
    training, validation = train_valid_split(load_reviews("train", data))
    vocab = build_vocabulary(count_tokens(review.text for review in training))
    recipe = _recipe(data, model_name, len(vocab))
    path = folder / f"{data}_{model_name}.json"
    facts = {"data": data, "model": model_name, "seeds": {}}
    if path.is_file():
        facts = load(data, model_name, folder).facts
        _check_same(facts, recipe, path)
    encoded_training, valid = encode(training, vocab), bucketed_loader(encode(validation, vocab), 256)
    for seed in range(1, seeds + 1):
        if str(seed) in facts["seeds"]:
            continue
        torch.manual_seed(seed)
        model = build(model_name, len(vocab))
        loader = bucketed_loader(encoded_training, BATCH_SIZE, shuffle=True, seed=seed)
        unfinished = model_file(folder, data, model_name, seed).with_suffix(".training")
        print(f"{data} {model_name}, seed {seed} of {seeds}")
        history = fit(model, loader, valid, EPOCHS[data], LEARNING_RATE[data], checkpoint=unfinished)
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
            parameters=recipe["parameters"],
            data_sha256=facts.get("data_sha256", {}) | recipe["data_sha256"],
            versions={"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__},
            vocabulary=BACKEND,
            machine={
                "system": f"{platform.system()} {platform.machine()}",
                "cores": os.cpu_count(),
                "threads": torch.get_num_threads(),
            },
            device=device().type,
        )
        _write(path, facts)
        unfinished.unlink(missing_ok=True)
    return Record(facts)


def score(data: str, model_name: str, folder: Path) -> Record:
    """Measure the recorded seeds that have no test accuracy yet on the test split, and return the record.

    The test split is opened only where a seed is to be measured.
    """
    facts = load(data, model_name, folder).facts
    path = folder / f"{data}_{model_name}.json"
    waiting = [seed for seed, result in facts["seeds"].items() if "test_accuracy" not in result]
    if not waiting:
        return Record(facts)
    found = {"train": data_hash("train", data), "test": data_hash("test", data)}
    _check_same(facts, {"data_sha256": found}, path)
    reviews = load_reviews("test", data)
    for seed in waiting:
        model, vocab = checkpoints.load(model_file(folder, data, model_name, int(seed)))
        _, accuracy = evaluate(model.to(device()), bucketed_loader(encode(reviews, vocab), 256))
        facts["seeds"][seed]["test_accuracy"] = accuracy
        facts["data_sha256"] = found
        _write(path, facts)
    return Record(facts)


def _recipe(data: str, model_name: str, vocab_size: int) -> dict[str, dict]:
    """What all seeds of a record must have in common: the model and how it is trained, and the training reviews."""
    model = build(model_name, vocab_size)
    parameters = {
        **model.config,
        "count": sum(parameter.numel() for parameter in model.parameters()),
        "batch_size": BATCH_SIZE,
        "epochs": EPOCHS[data],
        "learning_rate": LEARNING_RATE[data],
    }
    return {"parameters": parameters, "data_sha256": {"train": data_hash("train", data)}}


def _check_same(facts: dict, recipe: dict[str, dict], path: Path) -> None:
    """Refuse to go on with a record whose recorded facts are not those of now."""
    for part, now in recipe.items():
        for name, recorded in facts.get(part, {}).items():
            if name in now and now[name] != recorded:
                raise ValueError(
                    f"{path} was made with another recipe or other reviews ({part}, {name}: {recorded} there, "
                    f"{now[name]} now): name another folder with --runs, or delete it"
                )


def model_file(folder: Path, data: str, model_name: str, seed: int = 1) -> Path:
    """Return the file of a seed's best model."""
    return folder / f"{data}_{model_name}" / f"seed_{seed}.safetensors"


def _write(path: Path, facts: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(unfinished, path)
