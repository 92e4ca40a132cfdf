"""Checkpoints: a file that cannot be used says why and changes nothing; a killed or failed write loses nothing."""

import copy
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from lessons_lib import checkpoints, records, training, vocabulary
from lessons_lib.batches import Example, bucketed_loader
from lessons_lib.checkpoints import CheckpointError, load, load_training, save, save_training
from lessons_lib.models import ReviewClassifier

VOCAB = vocabulary.build({"good": 3, "bad": 2, "film": 1})
HISTORY = {name: [0.5] for name in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "seconds")}
Content = tuple[dict[str, Tensor], dict[str, str]]
Change = Callable[[dict[str, Tensor], dict[str, str]], object]


@pytest.fixture
def model() -> ReviewClassifier:
    torch.manual_seed(0)
    return ReviewClassifier(len(VOCAB), embed_dim=4, hidden_size=8, fc_size=8)


@pytest.fixture
def optimizer(model: ReviewClassifier) -> torch.optim.Optimizer:
    """Adam after one step."""
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.tensor([[2, 3]]), torch.tensor([2])).sum().backward()
    optimizer.step()
    return optimizer


@pytest.fixture
def saved(tmp_path: Path, model: ReviewClassifier) -> Path:
    save(tmp_path / "model.safetensors", model, VOCAB)
    return tmp_path / "model.safetensors"


@pytest.fixture
def unfinished(tmp_path: Path, model: ReviewClassifier, optimizer: torch.optim.Optimizer) -> Path:
    save_training(tmp_path / "run.training", model, copy.deepcopy(model.state_dict()), optimizer, HISTORY)
    return tmp_path / "run.training"


def rewrite(path: Path, change: Change) -> Path:
    """Write a safetensors file anew after a change of its tensors and its metadata."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    change(tensors, metadata)
    save_file(tensors, path, metadata)
    return path


def facts(**changed: object) -> Change:
    """Change facts of a checkpoint."""

    def change(_: dict[str, Tensor], metadata: dict[str, str]) -> None:
        metadata["facts"] = json.dumps(json.loads(metadata["facts"]) | changed)

    return change


def config(**changed: object) -> Change:
    def change(_: dict[str, Tensor], metadata: dict[str, str]) -> None:
        found = json.loads(metadata["facts"])
        metadata["facts"] = json.dumps(found | {"config": found["config"] | changed})

    return change


def tokens(text: bytes) -> Change:
    return lambda tensors, _: tensors.update(vocabulary=torch.frombuffer(bytearray(text), dtype=torch.uint8))


# Loading


@pytest.mark.parametrize("kind", ["model", "training"])
def test_a_file_cut_anywhere_says_that_it_is_damaged(
    saved: Path, unfinished: Path, model: ReviewClassifier, optimizer: torch.optim.Optimizer, kind: str
) -> None:
    path = saved if kind == "model" else unfinished
    data = path.read_bytes()
    header = 8 + int.from_bytes(data[:8], "little")
    for end in (0, 1, 7, 8, 9, header - 1, header, header + 1, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        with pytest.raises(CheckpointError, match=rf"{path.name} is not a safetensors file, or damaged"):
            load(path) if kind == "model" else load_training(path, model, optimizer, HISTORY)


@pytest.mark.parametrize("data", [b"\x80\x04}q\x00.", b"PK\x03\x04" + bytes(50), b"<html></html>", b"\xff" * 100])
def test_another_kind_of_file_says_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="is not a safetensors file"):
        load(path)


@pytest.mark.parametrize("path", ["", "missing.safetensors", "model.safetensors/inside"])
def test_no_file_says_so(saved: Path, path: str) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        load(saved.parent / path)


WRONG_MODELS: dict[str, Change] = {
    "of another program": lambda _, metadata: metadata.clear(),
    "no facts": lambda _, metadata: metadata.pop("facts"),
    "facts that are not JSON": lambda _, metadata: metadata.update(facts="{"),
    "facts that are a list": lambda _, metadata: metadata.update(facts="[]"),
    "facts that are deep": lambda _, metadata: metadata.update(facts="[" * 100_000),
    "no config": lambda _, metadata: metadata.update(facts="{}"),
    "a config that is a word": facts(config="large"),
    "an unknown setting": config(layers=2),
    "an unknown cell": config(cell="transformer"),
    "a size that is a word": config(hidden_size="large"),
    "a negative size": config(hidden_size=-1),
    "another size": config(hidden_size=9),
    "a size beyond all memory": config(hidden_size=10**7),
    "a size beyond all numbers": config(hidden_size=10**30),
    "another vocabulary size": config(vocab_size=len(VOCAB) + 1),
    "no vocabulary": lambda tensors, _: tensors.pop("vocabulary"),
    "a vocabulary that is not UTF-8": tokens(b"<pad>\n<unk>\n\xff\xfe\na\nb"),
    "a vocabulary with a token twice": tokens(b"<pad>\n<unk>\ngood\ngood\nfilm"),
    "a vocabulary without <unk>": tokens(b"<pad>\na\nb\nc\nd"),
    "a vocabulary that is too short": tokens(b"<pad>\n<unk>"),
    "a vocabulary of other numbers": lambda tensors, _: tensors.update(vocabulary=torch.rand(5)),
    "a weight missing": lambda tensors, _: tensors.pop("model.fc2.bias"),
    "a weight too many": lambda tensors, _: tensors.update({"model.fc3.bias": torch.rand(1)}),
    "a weight of another shape": lambda tensors, _: tensors.update({"model.fc2.bias": torch.rand(2)}),
    "a weight of another type": lambda tensors, _: tensors.update({"model.fc2.bias": torch.ones(1, dtype=torch.int64)}),
}


@pytest.mark.parametrize("change", WRONG_MODELS.values(), ids=WRONG_MODELS)
def test_a_model_that_is_wrong_inside_is_named_and_not_loaded(saved: Path, change: Change) -> None:
    with pytest.raises(CheckpointError, match=r"model\.safetensors is .*: (delete it, and train|choose another file)"):
        load(rewrite(saved, change))


WRONG_RUNS: dict[str, Change] = {
    "another model": config(hidden_size=9),
    "no history": lambda _, metadata: metadata.update(
        facts=json.dumps({"config": json.loads(metadata["facts"])["config"]})
    ),
    "a history that is a list": facts(history=[1]),
    "a history of numbers": facts(history=dict.fromkeys(HISTORY, 1)),
    "a history of words": facts(history={name: ["long"] for name in HISTORY}),
    "an empty history": facts(history={name: [] for name in HISTORY}),
    "a history of two lengths": facts(history=HISTORY | {"seconds": [0.5, 0.5]}),
    "a weight missing": lambda tensors, _: tensors.pop("model.fc2.bias"),
    "a best weight missing": lambda tensors, _: tensors.pop("best.fc2.bias"),
    "a best weight of another shape": lambda tensors, _: tensors.update({"best.fc2.bias": torch.rand(2)}),
    "an unknown parameter": lambda tensors, _: tensors.update({"optimizer.99.exp_avg": torch.rand(1)}),
    "a parameter that is a word": lambda tensors, _: tensors.update({"optimizer.a.exp_avg": torch.rand(1)}),
    "a mean of another shape": lambda tensors, _: tensors.update({"optimizer.0.exp_avg": torch.rand(3)}),
    "no random state": lambda tensors, _: tensors.pop("random.cpu"),
    "a random state of another size": lambda tensors, _: tensors.update({"random.cpu": torch.zeros(3)}),
}


@pytest.mark.parametrize("change", WRONG_RUNS.values(), ids=WRONG_RUNS)
def test_a_run_that_is_wrong_inside_is_named_and_changes_nothing(
    unfinished: Path, model: ReviewClassifier, optimizer: torch.optim.Optimizer, change: Change
) -> None:
    rewrite(unfinished, change)
    for weight in model.parameters():
        weight.data.add_(1)
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict(), torch.get_rng_state()))
    with pytest.raises(CheckpointError, match=r"run\.training (is|holds) .*: (delete it|choose another)"):
        load_training(unfinished, model, optimizer, HISTORY)
    after = (model.state_dict(), optimizer.state_dict(), torch.get_rng_state())
    torch.testing.assert_close(after, before, rtol=0, atol=0)


def test_a_run_is_no_model_and_a_model_is_no_run(
    saved: Path, unfinished: Path, model: ReviewClassifier, optimizer: torch.optim.Optimizer
) -> None:
    with pytest.raises(CheckpointError, match=r"is no model checkpoint \(its kind: training\): choose another file"):
        load(unfinished)
    with pytest.raises(CheckpointError, match=r"is no training checkpoint \(its kind: model\): choose another file"):
        load_training(saved, model, optimizer, HISTORY)


def older(_: dict[str, Tensor], metadata: dict[str, str]) -> None:
    metadata["format"] = "lessons-0"


OTHER_VERSIONS: dict[str, Change] = {
    "its format is lessons-0, and this version reads lessons-1": older,
    "frozen_embedding, layers)": config(layers=1),
    "its measurements: seconds)": facts(history={"seconds": [0.5]}),
    "valid_accuracy, seconds, gradient_norm)": facts(history=HISTORY | {"gradient_norm": [0.5]}),
}


@pytest.mark.parametrize(("message", "change"), OTHER_VERSIONS.items())
def test_a_run_of_another_version_says_so(tmp_path: Path, message: str, change: Change) -> None:
    train(tmp_path)
    rewrite(tmp_path / "run.training", change)
    with pytest.raises(CheckpointError, match=r"another version of the course \(.*: delete it and train anew") as error:
        train(tmp_path)
    assert message in str(error.value)


def test_a_model_of_another_version_says_so(saved: Path) -> None:
    with pytest.raises(CheckpointError, match=r"another version of the course \(its format is lessons-0, .*: delete"):
        load(rewrite(saved, older))


def test_a_format_stands_for_one_layout(saved: Path, unfinished: Path) -> None:
    """Whoever changes what a file holds changes ``FORMAT`` too: an older file is then named, not taken for damaged."""
    parts = {}
    for path in (saved, unfinished):
        with safe_open(path, framework="pt") as file:
            names = {name.partition(".")[0] for name in file.keys()}  # noqa: SIM118
            parts[path.name] = names | set(json.loads(file.metadata()["facts"]))
    assert (checkpoints.FORMAT, parts) == (
        "lessons-1",
        {
            "model.safetensors": {"model", "vocabulary", "config"},
            "run.training": {"model", "best", "optimizer", "random", "config", "history"},
        },
    )


def test_a_loaded_model_does_not_lean_on_its_file(saved: Path, model: ReviewClassifier) -> None:
    loaded, _ = load(saved)
    saved.write_bytes(bytes(len(saved.read_bytes())))
    torch.testing.assert_close(loaded.state_dict(), model.state_dict(), rtol=0, atol=0)


# Writing


def test_a_write_that_fails_keeps_the_old_file_and_leaves_no_other(
    saved: Path, model: ReviewClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: bytes) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, os.strerror(28))

    before = saved.read_bytes()
    with monkeypatch.context() as patch, pytest.raises(CheckpointError, match=r"not be written .*No space.*: make"):
        patch.setattr(Path, "write_bytes", full)
        save(saved, model, VOCAB)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_checkpoint_is_for_all_who_may_read_other_files(saved: Path) -> None:
    (saved.parent / "other").touch()
    assert saved.stat().st_mode == (saved.parent / "other").stat().st_mode


def test_a_checkpoint_that_may_not_be_read_says_so(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything
    with pytest.raises(CheckpointError, match=r"cannot be read \(.*Permission denied.*: copy it to where"):
        load(saved)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_keeps_the_old_file(saved: Path, model: ReviewClassifier) -> None:
    import resource

    before, limits = saved.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(CheckpointError, match="could not be written"):
            save(saved, model, VOCAB)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets no file be replaced while another process reads it")
def test_two_processes_may_save_one_file_while_a_third_loads_it(saved: Path) -> None:
    code = "import runpy, sys; runpy.run_path(sys.argv[1])['save_often'](*sys.argv[2:])"
    command = [sys.executable, "-c", code, __file__, str(saved)]
    writers = [subprocess.Popen([*command, size]) for size in ("8", "9")]
    while any(writer.poll() is None for writer in writers):
        model, _ = load(saved)
        assert model.config["hidden_size"] in (8, 9)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert list(saved.parent.iterdir()) == [saved]


def save_often(path: str, size: str) -> None:
    model = ReviewClassifier(len(VOCAB), embed_dim=4, hidden_size=int(size), fc_size=8)
    for _ in range(200):
        save(Path(path), model, VOCAB)


def test_what_a_killed_write_left_is_removed_by_a_later_one(saved: Path, model: ReviewClassifier) -> None:
    old, young = (saved.with_name(f"{saved.name}.{name}.unfinished") for name in ("old", "young"))
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    save(saved, model, VOCAB)
    assert sorted(saved.parent.iterdir()) == sorted([saved, young])  # the young one may be another process at work


def train(folder: Path) -> tuple[object, dict[str, Tensor]]:
    """Train for six epochs with dropout, kept in ``folder`` after each; return what was measured, and the weights."""
    words = VOCAB(["good", "bad", "film"])
    examples = [
        Example(torch.tensor([words[number % 2], *[words[2]] * (number % 5)]), float(number % 3 == 0))
        for number in range(60)
    ]
    loaders = bucketed_loader(examples, 8, shuffle=True), bucketed_loader(examples[:20], 8)
    torch.manual_seed(3)
    model = ReviewClassifier(len(VOCAB), embed_dim=4, hidden_size=8, fc_size=8, dropout=0.3)
    history = training.fit(model, *loaders, 6, lr=0.01, checkpoint=folder / "run.training", progress=False)
    return (history.train_loss, history.valid_loss, history.valid_accuracy, history.best_epoch), model.state_dict()


def train_and_die(folder: Path) -> None:
    """Train, and kill this process when the third epoch is evaluated."""
    evaluate, calls = training.evaluate, []

    def dying(*arguments: object) -> tuple[float, float]:
        calls.append(1)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return evaluate(*arguments)

    training.evaluate = dying
    train(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_ends_bit_for_bit_like_an_undisturbed_one(tmp_path: Path) -> None:
    code = "import pathlib, runpy, sys; runpy.run_path(sys.argv[1])['train_and_die'](pathlib.Path(sys.argv[2]))"
    command = [sys.executable, "-c", code, __file__, str(tmp_path / "killed")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == -signal.SIGKILL, answer.stderr
    assert [file.name for file in (tmp_path / "killed").iterdir()] == ["run.training"]
    (measured, weights), (expected, expected_weights) = train(tmp_path / "killed"), train(tmp_path / "whole")
    assert measured == expected
    torch.testing.assert_close(weights, expected_weights, rtol=0, atol=0)


# The shipped models


@pytest.mark.parametrize("name", list(checkpoints.SHA256))
def test_a_shipped_model_is_the_one_in_its_record(name: str) -> None:
    shipped = records.load("imdb", name).facts["shipped"]
    assert shipped["sha256"] == checkpoints.SHA256[name]
    model, vocab = checkpoints.load_shipped(name)
    assert not model.training
    texts = ["A wonderful film. I loved every minute of it.", "A dull film. I hated every minute of it."]
    positive, negative = training.predict(model, texts, vocab).tolist()
    assert negative < 0.3 < 0.7 < positive


def test_the_shipped_models_are_small() -> None:
    assert sum(file.stat().st_size for file in checkpoints.SHIPPED.glob("*.safetensors")) < 8_000_000


def test_a_changed_shipped_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checkpoints.SHA256, "lstm", "0" * 64)
    with pytest.raises(CheckpointError, match="not the file that the course ships: install the course anew"):
        checkpoints.load_shipped("lstm")


def test_an_unknown_shipped_model_is_named() -> None:
    with pytest.raises(ValueError, match="no model 'bert' comes with the course: choose one of lstm"):
        checkpoints.load_shipped("bert")
