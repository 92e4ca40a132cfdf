"""The command line: what it prints, and one clear line in place of a traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lessons_lib import archive, checkpoints, models, runs, vocabulary
from lessons_lib.__main__ import main


@pytest.mark.parametrize("command", ["train", "score"])
def test_an_unknown_tier_or_model_is_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for option, value in (("--data", "imbd"), ("--model", "bert")):
        with pytest.raises(SystemExit) as stop:
            main([command, option, value])
        assert stop.value.code == 2
        assert f"invalid choice: '{value}'" in capsys.readouterr().err


def test_an_unknown_tier_in_the_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LESSONS_DATA", "everything")
    assert main(["train"]) == 2
    assert "unknown data 'everything': choose 'sample' or 'imdb'" in capsys.readouterr().err


def test_predict_judges_a_text_with_a_trained_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vocab = vocabulary.build({"good": 1})
    file = runs.model_file(tmp_path, "sample", "lstm")
    checkpoints.save(file, models.build("lstm", len(vocab)), vocab)
    for text in ("good", "", "qwertz"):
        assert main(["predict", text, "--checkpoint", str(file)]) == 0
        assert "P(positive) = 0." in capsys.readouterr().out


def test_predict_without_a_model_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "good", "--checkpoint", str(tmp_path / "none.safetensors")]) == 2
    assert "train a model first" in capsys.readouterr().err


def test_score_without_a_record_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "--runs", str(tmp_path)]) == 2
    assert "there is no record sample_lstm" in capsys.readouterr().err


def test_a_missing_local_archive_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(archive.LOCAL_COPY, str(tmp_path / "none.tar.gz"))
    assert main(["fetch"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_lesson_is_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--restore", ""]) == 2
    assert "there is no lesson ''" in capsys.readouterr().err


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_gone_is_no_error(unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "lessons_lib", "predict", "good"]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    answer = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writing)
    assert answer.returncode == 1
    assert answer.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts a whole console")
def test_an_interrupted_training_says_that_it_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lessons_lib", "train", "--model", "mean", "--seeds", "3", "--runs", str(tmp_path)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    while not list(tmp_path.glob("sample_mean/*.training")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, shown = process.communicate(timeout=60)
    assert process.returncode == 130
    assert shown.splitlines()[-1] == "lessons_lib: stopped; a training goes on after its last finished epoch"
    assert "Traceback" not in shown
    assert main(command[3:]) == 0
    assert [file.suffix for file in (tmp_path / "sample_mean").iterdir()] == [".safetensors"] * 3


def test_zero_seeds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--seeds", "0"])
    assert "--seeds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "answer"), [("A wonderful film. I loved it.", "positive"), ("A dull film. I hated it.", "negative")]
)
def test_predict_asks_the_strong_shipped_model(text: str, answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", text]) == 0
    assert capsys.readouterr().out.startswith(f"{answer}: P(positive) = ")
