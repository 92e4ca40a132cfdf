"""Training: it learns, counts reviews and not batches, keeps the best epoch, and resumes without a trace."""

from pathlib import Path

import pytest
import torch
from torch import nn

from lessons_lib import training, vocabulary
from lessons_lib.batches import Batch, Example, bucketed_loader
from lessons_lib.checkpoints import CheckpointError, load, load_training, save
from lessons_lib.models import ReviewClassifier
from lessons_lib.training import evaluate, fit, predict

VOCAB = vocabulary.build({"good": 3, "bad": 2, "film": 1})
GOOD, BAD, FILM = VOCAB(["good", "bad", "film"])


def examples(count: int) -> list[Example]:
    """Reviews of 1 to 5 words whose first word tells their label."""
    return [
        Example(torch.tensor([GOOD if number % 2 else BAD, *[FILM] * (number % 5)]), float(number % 2))
        for number in range(count)
    ]


def small_model(seed: int = 0) -> ReviewClassifier:
    torch.manual_seed(seed)
    return ReviewClassifier(len(VOCAB), embed_dim=4, hidden_size=8, fc_size=8)


def run(epochs: int, checkpoint: Path | None = None) -> tuple[ReviewClassifier, training.History]:
    model = small_model()
    train, valid = bucketed_loader(examples(60), 8, shuffle=True), bucketed_loader(examples(20), 8)
    return model, fit(model, train, valid, epochs, lr=0.01, checkpoint=checkpoint, progress=False)


def test_fit_learns_what_can_be_learned() -> None:
    model, history = run(epochs=12)
    assert evaluate(model, bucketed_loader(examples(20)))[1] == 1.0
    assert len(history.valid_accuracy) == 12


def test_evaluation_counts_reviews_and_not_batches() -> None:
    model, all_at_once = small_model(), bucketed_loader(examples(21), 21)
    whole, parts = evaluate(model, all_at_once), evaluate(model, bucketed_loader(examples(21), 4))
    assert parts == pytest.approx(whole)
    [batch] = all_at_once
    with torch.no_grad():
        probabilities = torch.sigmoid(model(batch.tokens, batch.lengths))
    expected = nn.functional.binary_cross_entropy(probabilities, batch.labels).item()
    accuracy = ((probabilities >= 0.5).float() == batch.labels).float().mean().item()
    assert whole == pytest.approx((expected, accuracy))


def test_evaluation_changes_no_weight_and_leaves_evaluation_mode() -> None:
    model = small_model()
    before = [weight.clone() for weight in model.parameters()]
    evaluate(model, bucketed_loader(examples(8)))
    assert not model.training
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_no_review_is_an_error() -> None:
    with pytest.raises(ValueError, match="no review"):
        evaluate(small_model(), iter([]))


def test_fit_leaves_the_weights_of_the_best_epoch() -> None:
    model, history = run(epochs=6)
    _, accuracy = evaluate(model, bucketed_loader(examples(20)))
    assert accuracy == max(history.valid_accuracy)
    shorter, _ = run(epochs=history.best_epoch + 1)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), shorter.parameters(), strict=True))


def test_an_interrupted_run_ends_like_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, expected = run(epochs=5)
    run(epochs=2, checkpoint=tmp_path / "run.training")
    resumed, history = run(epochs=5, checkpoint=tmp_path / "run.training")
    assert history.train_loss == expected.train_loss
    assert history.valid_accuracy == expected.valid_accuracy
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))


def test_a_run_of_another_model_is_refused(tmp_path: Path) -> None:
    run(epochs=1, checkpoint=tmp_path / "run.training")
    other = ReviewClassifier(len(VOCAB), embed_dim=5)
    with pytest.raises(CheckpointError, match="holds another model"):
        load_training(tmp_path / "run.training", other, torch.optim.Adam(other.parameters()), [])


def test_a_saved_model_and_its_vocabulary_come_back(tmp_path: Path) -> None:
    model = small_model()
    save(tmp_path / "model.safetensors", model, VOCAB)
    loaded, vocab = load(tmp_path / "model.safetensors")
    texts = ["good film", "bad", "unheard of", ""]
    assert vocab.get_itos() == VOCAB.get_itos()
    assert torch.equal(predict(loaded, texts, vocab), predict(model, texts, VOCAB))
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]


def test_a_checkpoint_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        load(tmp_path / "missing.safetensors")
    (tmp_path / "text.safetensors").write_text("hello", encoding="utf-8")
    with pytest.raises(CheckpointError, match="not a safetensors file, or damaged"):
        load(tmp_path / "text.safetensors")
    run(epochs=1, checkpoint=tmp_path / "run.training")
    with pytest.raises(CheckpointError, match="is no model checkpoint"):
        load(tmp_path / "run.training")
    save(tmp_path / "cut.safetensors", small_model(), VOCAB)
    data = (tmp_path / "cut.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(CheckpointError, match="damaged"):
        load(tmp_path / "cut.safetensors")


def test_prediction_is_the_same_alone_and_in_a_batch() -> None:
    model, texts = small_model(), ["good", "a bad film of many words", ""]
    together = predict(model, texts, VOCAB)
    alone = torch.cat([predict(model, [text], VOCAB) for text in texts])
    torch.testing.assert_close(together, alone)
    assert ((together > 0) & (together < 1)).all()


def test_an_empty_review_and_one_of_unknown_words_are_answered_alike() -> None:
    empty, unknown = predict(small_model(), ["", "qwertz"], VOCAB).tolist()
    assert empty == unknown


@pytest.mark.parametrize("texts", ["good film", b"good", [b"good"], [None], [["good"]], [], None])
def test_what_is_no_list_of_texts_is_refused(texts: object) -> None:
    with pytest.raises(ValueError, match=r"a list of texts is needed, such as \['A warm film.'\], and not "):
        predict(small_model(), texts, VOCAB)


def test_train_epoch_reports_its_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small_model()
    batch = Batch(torch.tensor([[GOOD]]), torch.tensor([1.0]), torch.tensor([1]))
    loss, accuracy = training.train_epoch(model, [batch] * 3, torch.optim.SGD(model.parameters(), lr=0.0))
    assert loss == pytest.approx(evaluate(model, [batch])[0])
    assert accuracy in (0.0, 1.0)
