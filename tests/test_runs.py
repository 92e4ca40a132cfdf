"""Recorded runs: seeds saved one by one, continued where they stopped, scored once; training opens no test split."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch

from lessons_lib import archive, checkpoints, reviews, runs, training
from lessons_lib.records import Record, load
from lessons_lib.reviews import Review

WORDS = {"neg": "a dull and empty film that i left", "pos": "a warm and lively film that i loved"}
RECORD = "imdb_lstm.json"
NOBODY = 65534
# Another process that trains like the tests do, after a first line of its own. The modules come first: a user without
# rights may not be able to read them.
ELSEWHERE = """
import os, sys
from pathlib import Path
import filelock
from lessons_lib import runs
runs.EPOCHS["imdb"] = 2
{first}
try:
    runs.train("imdb", "lstm", 1, Path(sys.argv[1]))
except ValueError as problem:
    sys.exit(str(problem))
"""


@pytest.fixture
def members() -> dict[str, str]:
    """An archive of 20 training reviews and 6 test reviews."""
    return {
        f"aclImdb/{split}/{label}/{number}_{rating}.txt": " ".join(WORDS[label].split()[: 3 + number % 6])
        for split, count in (("train", 10), ("test", 3))
        for label, rating in (("neg", 2), ("pos", 9))
        for number in range(count)
    }


@pytest.fixture(autouse=True)
def tiny_imdb(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write_archive: Callable[[Mapping[str, str]], Path],
    members: dict[str, str],
) -> None:
    """The tier ``imdb`` is the tiny archive, and a run has two epochs."""
    monkeypatch.setenv(archive.LOCAL_COPY, str(write_archive(members)))
    monkeypatch.setenv("LESSONS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(runs.EPOCHS, "imdb", 2)
    reviews._read.cache_clear()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The splits that were read from an archive, in order."""
    splits: list[str] = []
    read_split = archive.read_split

    def spy(path: Path, split: str) -> dict[str, list[str]]:
        splits.append(split)
        return read_split(path, split)

    monkeypatch.setattr(archive, "read_split", spy)
    return splits


def train(folder: Path, seeds: int = 1, model: str = "lstm") -> Record:
    return runs.train("imdb", model, seeds, folder)


def stored(folder: Path) -> dict:
    return json.loads((folder / RECORD).read_text(encoding="utf-8"))


def fail_at_seed(monkeypatch: pytest.MonkeyPatch, seed: int, epochs: int = 0) -> None:
    """Let ``fit`` stop with an error at a seed, after some epochs of it."""
    fit, calls = runs.fit, []

    def failing(model: torch.nn.Module, *arguments: object, **options: object) -> training.History:
        calls.append(model)
        if len(calls) < seed:
            return fit(model, *arguments, **options)
        if epochs:
            train_batches, valid_batches, _, *others = arguments
            fit(model, train_batches, valid_batches, epochs, *others, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "fit", failing)


# Training


def test_a_record_holds_its_seeds_and_how_they_were_made(tmp_path: Path) -> None:
    record = train(tmp_path, seeds=2)
    assert stored(tmp_path) == record.facts
    assert list(record.facts["seeds"]) == ["1", "2"]
    assert [len(result["valid_accuracies"]) for result in record.seeds] == [2, 2]
    assert record.facts["parameters"]["epochs"] == 2
    assert record.facts["data_sha256"] == {"train": reviews.data_hash("train", "imdb")}
    assert record.facts["command"] == "python -m lessons_lib train --data imdb --model lstm --seeds 2"
    assert not record.headline


def test_training_leaves_the_record_and_one_model_a_seed(tmp_path: Path) -> None:
    train(tmp_path, seeds=2)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*") if path.is_file())
    files = [file for file in files if not file.startswith("cache/")]
    models = ["imdb_lstm/seed_1.safetensors", "imdb_lstm/seed_2.safetensors"]
    assert files == ["archive.tar.gz", RECORD, "imdb_lstm.lock", *models]


def test_training_never_opens_the_test_split(tmp_path: Path, opened: list[str]) -> None:
    train(tmp_path)
    assert opened == ["train"]


def test_the_recorded_accuracy_is_that_of_the_saved_model(tmp_path: Path) -> None:
    record = train(tmp_path)
    model, vocab = checkpoints.load(runs.model_file(tmp_path, "imdb", "lstm", 1))
    _, validation = reviews.train_valid_split(reviews.load_reviews("train", "imdb"))
    probabilities = training.predict(model, [review.text for review in validation], vocab)
    answers = ["pos" if probability >= 0.5 else "neg" for probability in probabilities.tolist()]
    right = sum(answer == review.label for answer, review in zip(answers, validation, strict=True))
    assert record.spread("valid").values == (right / len(validation),)


def test_each_seed_is_saved_as_it_finishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at_seed(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, seeds=3)
    assert list(stored(tmp_path)["seeds"]) == ["1"]
    assert runs.model_file(tmp_path, "imdb", "lstm", 1).is_file()


def test_a_second_call_continues_and_keeps_what_is_there(tmp_path: Path) -> None:
    first = train(tmp_path, seeds=1).seeds[0]
    record = train(tmp_path, seeds=2)
    assert record.seeds[0] == first
    assert len(record.seeds) == 2


def test_a_second_call_with_nothing_to_do_trains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = train(tmp_path, seeds=2)
    fail_at_seed(monkeypatch, 1)
    assert train(tmp_path, seeds=2).facts == first.facts


def test_an_interrupted_seed_ends_like_an_uninterrupted_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train(tmp_path / "whole").seeds[0]
    with monkeypatch.context() as patch:
        fail_at_seed(patch, 1, epochs=1)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "parts")
    resumed = train(tmp_path / "parts").seeds[0]
    assert {**resumed, "seconds": 0} == {**whole, "seconds": 0}
    models = [checkpoints.load(runs.model_file(tmp_path / name, "imdb", "lstm", 1))[0] for name in ("whole", "parts")]
    assert all(torch.equal(a, b) for a, b in zip(*(model.parameters() for model in models), strict=True))


def test_another_recipe_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = train(tmp_path).facts
    monkeypatch.setitem(runs.EPOCHS, "imdb", 3)
    with pytest.raises(ValueError, match=r"another recipe or other reviews .parameters, epochs: 2 there, 3 now"):
        train(tmp_path, seeds=2)
    assert stored(tmp_path) == before


def test_other_reviews_are_refused(
    tmp_path: Path, write_archive: Callable[[Mapping[str, str]], Path], members: dict[str, str]
) -> None:
    train(tmp_path)
    write_archive({**members, "aclImdb/train/pos/0_9.txt": "a warm and lively film that we loved"})
    reviews._read.cache_clear()
    with pytest.raises(ValueError, match="another recipe or other reviews"):
        train(tmp_path, seeds=2)


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown model 'transformer'"):
        train(tmp_path, model="transformer")


def test_an_unfinished_run_of_another_recipe_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_at_seed(patch, 1, epochs=1)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path)
    monkeypatch.setitem(runs.LEARNING_RATE, "imdb", 0.5)
    with pytest.raises(ValueError, match=r"learning_rate: 0\.001 there, 0\.5 now\): .* delete it and .*imdb_lstm"):
        train(tmp_path)


def train_elsewhere(folder: Path, first: str) -> subprocess.Popen[str]:
    """Start another process that trains; ``first`` is a line of Python that it runs before."""
    command = [sys.executable, "-c", ELSEWHERE.format(first=first), str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_while_a_process_trains_another_is_refused_until_it_ends_or_is_killed(tmp_path: Path) -> None:
    waiting = "runs.fit = lambda *arguments: print('training', flush=True) or sys.stdin.read()"
    with train_elsewhere(tmp_path, first=waiting) as other:
        while other.stdout.readline() != "training\n":
            assert other.poll() is None
        before = stored(tmp_path)
        with pytest.raises(ValueError, match=r"another process works on imdb_lstm in .*: wait for it, or name another"):
            train(tmp_path)
        assert stored(tmp_path) == before
        other.kill()
    assert list(train(tmp_path).facts["seeds"]) == ["1"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps permissions in another way")
@pytest.mark.parametrize("inside", [".", "new/runs"])
def test_a_folder_that_cannot_be_written_is_named_before_anything_is_read(inside: str) -> None:
    with tempfile.TemporaryDirectory() as name:  # other users may not enter the folders of the tests
        os.chmod(name, 0o555)
        as_nobody = f"os.setuid({NOBODY});" if os.geteuid() == 0 else ""  # root may write everywhere
        with train_elsewhere(Path(name, inside), first=f"{as_nobody} runs.prepared = None") as other:
            _, message = other.communicate(timeout=60)
        assert other.returncode == 1
        assert f"{Path(name, inside)} cannot be written ([Errno 13] Permission denied" in message
        assert message.endswith("make room there, or name another folder with --runs\n")
        assert not list(Path(name).iterdir())
        os.chmod(name, 0o755)


# Scoring


def test_score_adds_a_test_accuracy_to_every_seed(tmp_path: Path) -> None:
    train(tmp_path, seeds=2)
    record = runs.score("imdb", "lstm", tmp_path)
    assert stored(tmp_path) == record.facts
    assert all(accuracy in [right / 6 for right in range(7)] for accuracy in record.spread("test").values)
    assert record.facts["data_sha256"] == {split: reviews.data_hash(split, "imdb") for split in ("train", "test")}


def test_score_measures_each_seed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[str]) -> None:
    measured = []
    evaluate = runs.evaluate
    monkeypatch.setattr(runs, "evaluate", lambda *arguments: measured.append(1) or evaluate(*arguments))
    train(tmp_path, seeds=2)
    first = runs.score("imdb", "lstm", tmp_path).facts
    assert len(measured) == 2
    reviews._read.cache_clear()
    opened.clear()
    assert runs.score("imdb", "lstm", tmp_path).facts == first
    assert len(measured) == 2
    assert opened == []


def test_seeds_trained_after_a_score_are_scored_alone(tmp_path: Path) -> None:
    train(tmp_path)
    first = runs.score("imdb", "lstm", tmp_path).facts
    both = train(tmp_path, seeds=2)
    assert both.facts["data_sha256"] == first["data_sha256"]
    assert "test_accuracy" not in both.facts["seeds"]["2"]
    record = runs.score("imdb", "lstm", tmp_path)
    assert record.seeds[0] == first["seeds"]["1"]
    assert len(record.spread("test").values) == 2


def test_score_refuses_other_reviews_than_those_of_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(tmp_path)
    change_reviews(monkeypatch)
    with pytest.raises(ValueError, match="another recipe or other reviews"):
        runs.score("imdb", "lstm", tmp_path)


def test_score_without_the_trained_model_says_what_to_do(tmp_path: Path) -> None:
    train(tmp_path)
    runs.model_file(tmp_path, "imdb", "lstm", 1).unlink()
    with pytest.raises(checkpoints.CheckpointError, match="train a model first"):
        runs.score("imdb", "lstm", tmp_path)


def test_score_without_a_record_names_those_there_are(tmp_path: Path) -> None:
    train(tmp_path)
    assert load("imdb", "lstm", tmp_path).facts["model"] == "lstm"
    with pytest.raises(ValueError, match=r"there is no record imdb_gru in .*; records there: imdb_lstm"):
        runs.score("imdb", "gru", tmp_path)


def change_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the text of one review, and neither the words nor the number of the others."""
    read = reviews._read

    def changed(*arguments: object) -> tuple[Review, ...]:
        first, *others = read(*arguments)
        return (Review(first.label, f"{first.text} a"), *others)

    monkeypatch.setattr(reviews, "_read", changed)
