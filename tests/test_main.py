"""The command line: what it prints, and one clear line in place of a traceback."""

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
