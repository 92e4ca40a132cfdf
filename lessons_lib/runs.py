"""Recorded runs: train a model for several seeds, score it on the test split once, and keep what was measured."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from lessons_lib import baselines, checkpoints, prepared
from lessons_lib.batches import bucketed_loader
from lessons_lib.distributed import is_first, processes
from lessons_lib.models import MODELS, STRONG, ReviewClassifier, build
from lessons_lib.records import Record, load, record_file, save
from lessons_lib.reviews import data_hash, load_reviews, train_valid_split
from lessons_lib.training import device, evaluate, fit
from lessons_lib.vocabulary import BACKEND

NAMES = (*baselines.BASELINES, *MODELS)
EPOCHS = {"sample": 6, "imdb": 10}
LEARNING_RATE = {"sample": 0.01, "imdb": 0.001}
EVALUATION_BATCH_SIZE = 64


@dataclass(frozen=True)
class Recipe:
    """How a model is trained; ``vectors`` says from which reviews its embedding was learned before, if it was."""

    epochs: int
    learning_rate: float
    batch_size: int = 32
    one_cycle: bool = False
    min_freq: int = 1
    vectors: str | None = None


def recipe(data: str, model_name: str) -> Recipe:
    """Return how a named model is trained on a tier: as in the book, or, for the strong ones, with all that helps."""
    if MODELS[model_name] is not STRONG:
        return Recipe(EPOCHS[data], LEARNING_RATE[data])
    vectors = "training reviews" if model_name == "bilstm_vectors" else "training and unlabelled reviews"
    epochs, min_freq = (10, 10) if data == "imdb" else (25, 2)
    return Recipe(epochs, 0.003, one_cycle=True, min_freq=min_freq, vectors=vectors)


def train(data: str, model_name: str, seeds: int, folder: Path) -> Record:
    """Train a model for seeds 1 to ``seeds`` and return their record; seeds already recorded are not run again.

    In ``folder`` stand the record ``DATA_MODEL.json`` and, in a folder of that name, each seed's best model.
    An interrupted run goes on after its last finished epoch. The test split is not opened. A baseline, which no seed
    changes, is fitted once. Under ``torchrun`` every process trains on its share of each epoch's batches.

    Raises ValueError for an unknown model, for a folder that cannot be written, where another process works on the same
    record, and where the record was made by another recipe or from other reviews.
    """
    if model_name not in NAMES:
        raise ValueError(f"unknown model {model_name!r}: choose one of {', '.join(NAMES)}")
    with _alone(data, model_name, folder):
        return _train(data, model_name, seeds, folder)


def _train(data: str, model_name: str, seeds: int, folder: Path) -> Record:
    path = record_file(data, model_name, folder)
    facts = load(data, model_name, folder).facts if path.is_file() else {"data": data, "model": model_name, "seeds": {}}
    facts["command"] = f"python -m lessons_lib train --data {data} --model {model_name} --seeds {seeds}"
    if model_name in baselines.BASELINES:
        return _train_baseline(facts, folder)
    plan = recipe(data, model_name)
    examples, valid_examples, vocab, sha256 = prepared.training(data, plan.min_freq)
    parameters = {**_sizes(build(model_name, len(vocab))), **asdict(plan), "processes": processes()}
    _check_same(facts, parameters, {"train": sha256}, path)
    valid = bucketed_loader(valid_examples, EVALUATION_BATCH_SIZE)
    waiting = [seed for seed in range(1, seeds + 1) if str(seed) not in facts["seeds"]]
    if not facts["seeds"] and is_first():
        _write(folder, facts, parameters, {"train": sha256})  # so that no other recipe goes on with what is unfinished
    vectors = None
    if waiting and plan.vectors is not None:
        vectors = prepared.word_vectors(data, vocab, unlabelled="unlabelled" in plan.vectors)
    for seed in waiting:
        if is_first():
            print(f"{data} {model_name}, seed {seed} of {seeds}")
        torch.manual_seed(seed)
        model = build(model_name, len(vocab))
        if vectors is not None:
            model.embedding.weight.data.copy_(vectors)
        loader = bucketed_loader(examples, plan.batch_size, shuffle=True, seed=seed)
        unfinished = model_file(folder, data, model_name, seed).with_suffix(".training")
        history = fit(model, loader, valid, plan.epochs, plan.learning_rate, plan.one_cycle, unfinished)
        facts["seeds"][str(seed)] = {
            "valid_accuracy": history.valid_accuracy[history.best_epoch],
            "best_epoch": history.best_epoch,
            "valid_accuracies": history.valid_accuracy,
            "train_accuracies": history.train_accuracy,
            "seconds": round(sum(history.seconds), 1),
        }
        if is_first():
            checkpoints.save(model_file(folder, data, model_name, seed), model.cpu(), vocab)
            _write(folder, facts, parameters, {"train": sha256})
            unfinished.unlink()
    return Record(facts)


def score(data: str, model_name: str, folder: Path) -> Record:
    """Measure the recorded seeds that have no test accuracy yet on the test split, and return the record.

    The test split is opened only where a seed is to be measured. A baseline is fitted again.

    Raises ValueError where there is no record, or for what :func:`train` refuses a folder for.
    """
    record = load(data, model_name, folder)
    if all("test_accuracy" in result for result in record.seeds):
        return record
    with _alone(data, model_name, folder):
        return _score(data, model_name, folder)


def _score(data: str, model_name: str, folder: Path) -> Record:
    facts = load(data, model_name, folder).facts
    path = record_file(data, model_name, folder)
    waiting = [seed for seed, result in facts["seeds"].items() if "test_accuracy" not in result]
    sha256 = {split: data_hash(split, data) for split in ("train", "test")}
    _check_same(facts, {}, sha256, path)
    for seed in waiting:
        if model_name in baselines.BASELINES:
            train_reviews, _ = train_valid_split(load_reviews("train", data))
            accuracy = baselines.accuracy(baselines.fit(model_name, train_reviews), load_reviews("test", data))
        else:
            model, vocab = checkpoints.load(model_file(folder, data, model_name, int(seed)))
            test = bucketed_loader(prepared.test(data, vocab), EVALUATION_BATCH_SIZE)
            _, accuracy = evaluate(model.to(device()), test)
        facts["seeds"][seed]["test_accuracy"] = accuracy
        _write(folder, facts, {}, sha256)
    return Record(facts)


def model_file(folder: Path, data: str, model_name: str, seed: int = 1) -> Path:
    """Return the file of a seed's best model."""
    return folder / f"{data}_{model_name}" / f"seed_{seed}.safetensors"


@contextmanager
def _alone(data: str, model_name: str, folder: Path) -> Iterator[None]:
    """Keep other processes off a record, by a lock that ends with this process, however it ends."""
    if not is_first():
        yield
        return
    from filelock import FileLock, Timeout

    lock = FileLock(record_file(data, model_name, folder).with_suffix(".lock"), timeout=0)
    advice = "or name another folder with --runs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = lock.acquire()
    except Timeout:
        raise ValueError(f"another process works on {data}_{model_name} in {folder}: wait for it, {advice}") from None
    except OSError as problem:
        raise ValueError(f"{folder} cannot be written ({problem}): make room there, {advice}") from problem
    with held:
        yield


def _train_baseline(facts: dict[str, Any], folder: Path) -> Record:
    data, name = facts["data"], facts["model"]
    sha256 = {"train": data_hash("train", data)}
    _check_same(facts, {}, sha256, record_file(data, name, folder))
    if not facts["seeds"]:
        train_reviews, valid_reviews = train_valid_split(load_reviews("train", data))
        start = perf_counter()
        baseline = baselines.fit(name, train_reviews)
        seconds = round(perf_counter() - start, 1)
        facts["seeds"]["1"] = {"valid_accuracy": baselines.accuracy(baseline, valid_reviews), "seconds": seconds}
        facts["deterministic"] = True
        _write(folder, facts, {"count": baseline.parameter_count}, sha256)
    return Record(facts)


def _sizes(model: ReviewClassifier) -> dict[str, Any]:
    return {**model.config, "count": sum(parameter.numel() for parameter in model.parameters())}


def _check_same(facts: dict[str, Any], parameters: dict[str, Any], sha256: dict[str, str], path: Path) -> None:
    """Refuse to go on with a record whose recorded facts are not those of now."""
    for part, now in {"parameters": parameters, "data_sha256": sha256}.items():
        for name, recorded in facts.get(part, {}).items():
            if name in now and now[name] != recorded:
                raise ValueError(
                    f"{path} was made with another recipe or other reviews ({part}, {name}: {recorded} there, "
                    f"{now[name]} now): name another folder with --runs, or delete it and {path.with_suffix('')}"
                )


def _write(folder: Path, facts: dict[str, Any], parameters: dict[str, Any], sha256: dict[str, str]) -> None:
    """Add what the results depend on to the facts, and write them."""
    facts["parameters"] = facts.get("parameters", {}) | parameters
    facts["data_sha256"] = facts.get("data_sha256", {}) | sha256
    if parameters:
        facts.update(_circumstances())
    save(facts, folder)


def _circumstances() -> dict[str, Any]:
    versions = {"python": platform.python_version()}
    for package in ("torch", "numpy", "scikit-learn", "gensim"):
        with suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    machine = {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }
    return {"versions": versions, "vocabulary": BACKEND, "machine": machine, "device": device().type}
