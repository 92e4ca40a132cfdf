"""The probes find what is known by construction of a model, and agree with nn.LSTM and scikit-learn."""

from collections.abc import Callable, Mapping
from itertools import chain

import pytest
import torch
from sklearn.calibration import calibration_curve
from torch import Tensor, nn

from lessons_lib import checkpoints, pairs, probes, records
from lessons_lib.batches import encode_text
from lessons_lib.models import ReviewClassifier, build
from lessons_lib.reviews import load_reviews
from lessons_lib.tokens import tokenize
from lessons_lib.training import predict
from lessons_lib.vocabulary import Vocab, build as build_vocab, count_tokens

OPINION = {word: 1 for word in ("good", "funny", "interesting", "wonderful", "loved", "best", "superb", "excellent")}
OPINION |= {word: -1 for word in ("bad", "boring", "stupid", "terrible", "hated", "worst", "awful", "not")}


class WordModel(nn.Module):
    """A model that adds up the weights of the tokens that ``read`` picks by their steps and the lengths."""

    def __init__(self, weights: Tensor, read: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.weights, self.read = nn.Parameter(weights), read

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        steps = torch.arange(tokens.shape[1]).expand_as(tokens)
        return (self.weights[tokens] * self.read(steps, lengths.unsqueeze(1))).sum(dim=1)


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    designed = chain(pairs.negation_pairs(), pairs.contrast_pairs(), pairs.OPINIONS, [pairs.FACTS])
    return build_vocab(count_tokens([*chain(*designed), *(review.text for review in load_reviews("test"))]))


def words(vocab: Vocab, weights: Mapping[str, float]) -> Tensor:
    table = torch.zeros(len(vocab))
    for word, weight in weights.items():
        table[vocab[word]] = weight
    return table


@pytest.fixture(scope="module")
def bag(vocab: Vocab) -> nn.Module:
    """A bag of words with a weight for every word, whole numbers so that sums in another order are the same."""
    weights = torch.randint(-3, 4, (len(vocab),), generator=torch.Generator().manual_seed(1)).float()
    weights[0] = 0
    opinion = words(vocab, OPINION)
    return WordModel(torch.where(opinion != 0, 9 * opinion, weights), lambda steps, lengths: steps < lengths)


@pytest.fixture(scope="module")
def last_word(vocab: Vocab) -> nn.Module:
    return WordModel(words(vocab, OPINION), lambda steps, lengths: steps == lengths - 1)


@pytest.fixture(scope="module")
def card(bag: nn.Module, vocab: Vocab) -> probes.ReportCard:
    return probes.report_card(bag, vocab)


# Pairs


def test_twins_are_the_pairs_that_were_designed() -> None:
    found = pairs.twins(load_reviews("test"))
    assert len(found) == 40
    assert all(sorted(tokenize(blame)) == sorted(tokenize(praise)) != tokenize(praise) for blame, praise in found)


def test_contrast_pairs_hold_the_same_words() -> None:
    found = pairs.contrast_pairs()
    assert len(set(found)) == 40
    assert all(sorted(tokenize(blame)) == sorted(tokenize(praise)) for blame, praise in found)


def test_negation_pairs_differ_in_one_word_which_praises_as_often_as_it_blames() -> None:
    found = pairs.negation_pairs()
    assert len(set(found)) == 40
    assert sum("not" in tokenize(blame) for blame, _ in found) == 20
    for pair in found:
        short, long = sorted(map(tokenize, pair), key=len)
        assert [word for word in long if word != "not"] == short and len(long) == len(short) + 1


def test_a_signal_stands_where_it_was_put() -> None:
    for place, inside in {"start": 0, "middle": 0.5, "end": 1}.items():
        for blame, opinion in zip(pairs.signal_pairs(place), pairs.OPINIONS, strict=True):
            before, after = (len(part) for part in blame[0].split(opinion[0]))
            assert before / (before + after) == pytest.approx(inside, abs=0.1)
    assert pairs.signal_pairs("alone") == list(pairs.OPINIONS)
    with pytest.raises(ValueError, match="unknown place 'top': choose one of alone, start"):
        pairs.signal_pairs("top")


# Models whose behaviour is known


def test_a_bag_of_words_is_at_chance_where_the_words_are_the_same(bag: nn.Module, vocab: Vocab) -> None:
    for found in (pairs.twins(load_reviews("test")), pairs.contrast_pairs()):
        assert probes.score_pairs(bag, found, vocab) == probes.PairScore(40, 0.5, 0.0, 0.0, 0.0)


def test_a_bag_of_words_gets_half_of_the_negations_in_order(bag: nn.Module, vocab: Vocab) -> None:
    assert probes.score_pairs(bag, pairs.negation_pairs(), vocab).ordered == 0.5


def test_a_bag_of_words_is_blind_to_shuffling(card: probes.ReportCard) -> None:
    assert card.accuracy == card.shuffled


def test_a_model_of_the_last_word_gets_every_contrast_right_and_no_negation(last_word: nn.Module, vocab: Vocab) -> None:
    assert probes.score_pairs(last_word, pairs.contrast_pairs(), vocab).both_right == 1
    negation = probes.score_pairs(last_word, pairs.negation_pairs(), vocab)
    assert (negation.accuracy, negation.both_right, negation.ordered) == (0.5, 0, 0)


def test_a_model_of_the_last_word_loses_by_shuffling(last_word: nn.Module, vocab: Vocab) -> None:
    readings = [encode_text(praise, vocab) for _, praise in pairs.contrast_pairs()]
    mixed = probes.probabilities(last_word, probes.shuffled(readings))
    assert (probes.probabilities(last_word, readings) > 0.5).all()
    assert 0 < (mixed > 0.5).sum() < 30


def test_a_model_of_the_last_words_follows_an_opinion_at_the_end_only(vocab: Vocab) -> None:
    last_words = WordModel(words(vocab, OPINION), lambda steps, lengths: (steps >= lengths - 10) & (steps < lengths))
    gaps = {place: probes.score_pairs(last_words, pairs.signal_pairs(place), vocab).gap for place in pairs.PLACES}
    assert gaps["start"] == gaps["middle"] == 0
    assert gaps["alone"] == gaps["end"] > 0.3


def test_a_constant_is_right_once_a_pair(vocab: Vocab) -> None:
    constant = WordModel(torch.ones(len(vocab)), lambda steps, lengths: steps == 0)
    assert probes.score_pairs(constant, pairs.negation_pairs(), vocab) == probes.PairScore(40, 0.5, 0.0, 0.0, 0.0)


def test_pads_are_noticed_where_a_model_reads_them(bag: nn.Module, vocab: Vocab) -> None:
    readings = [encode_text(text, vocab) for text in pairs.FACTS]
    reads_pads = WordModel(torch.full((len(vocab),), 0.01), lambda steps, lengths: steps >= 0)
    assert probes.padding_change(bag, readings) == 0
    assert probes.padding_change(reads_pads, readings) > 0.05
    assert probes.padding_change(build("bilstm", len(vocab)), readings) < 1e-5


# Probabilities


def test_probabilities_stand_in_the_order_of_the_readings(vocab: Vocab) -> None:
    torch.manual_seed(1)
    model, texts = build("bilstm", len(vocab)).train(), [review.text for review in load_reviews("test")[::10]]
    answers = probes.probabilities(model, [encode_text(text, vocab) for text in texts])
    assert torch.allclose(answers, predict(model, texts, vocab), atol=1e-6)


def test_a_running_probability_is_the_answer_to_the_words_so_far(vocab: Vocab) -> None:
    torch.manual_seed(1)
    model, text = build("lstm", len(vocab)).eval(), "A great :) movie, and then it is boring."
    words, running = probes.running_probability(model, text, vocab)
    states, _ = model.recurrences[0](model.embedding(encode_text(text, vocab)))
    assert words == tokenize(text)
    assert torch.allclose(running, torch.sigmoid(model.fc2(torch.relu(model.fc1(states)))).squeeze(1), atol=1e-6)
    assert running[-1].item() == pytest.approx(predict(model, [text], vocab).item(), abs=1e-6)


def test_the_running_probability_of_nothing_is_that_of_an_unknown_word(bag: nn.Module, vocab: Vocab) -> None:
    words, running = probes.running_probability(bag, "!", vocab)
    assert words == ["<unk>"]
    assert running.tolist() == predict(bag, ["!"], vocab).tolist()


# Gates


@pytest.mark.parametrize("bidirectional", [False, True])
def test_gates_lead_to_the_states_of_the_model(bidirectional: bool) -> None:
    torch.manual_seed(1)
    model, tokens = ReviewClassifier(50, bidirectional=bidirectional, embed_dropout=0.5), torch.randint(2, 50, (30,))
    found = probes.gates(model, tokens)
    output, (_, cell) = model.recurrences[0](model.embedding(tokens))
    assert torch.allclose(found.hidden, output, atol=1e-6)
    assert torch.allclose(found.cell[-1], cell[0], atol=1e-6)
    assert torch.allclose(found.output * found.cell.tanh(), found.hidden)
    candidate = (found.cell[1:] - found.forget[1:] * found.cell[:-1]) / found.input[1:]
    assert candidate.abs().max() <= 1 + 1e-4


def test_a_model_without_an_lstm_has_no_gates() -> None:
    with pytest.raises(ValueError, match="'gru' has no such gates"):
        probes.gates(build("gru", 50), torch.tensor([1]))


# Calibration and mistakes


def test_calibration_agrees_with_scikit_learn() -> None:
    generator = torch.Generator().manual_seed(1)
    answers = torch.cat([torch.rand(500, generator=generator) ** 3, torch.tensor([0.0, 1.0])])
    labels = (torch.rand(502, generator=generator) < answers).float()
    for bins in (10, 40):
        positive, mean = calibration_curve(labels.numpy(), answers.numpy(), n_bins=bins)
        found = probes.calibration(answers, labels, bins)
        assert found.mean.tolist() == pytest.approx(mean.tolist(), abs=1e-5)
        assert found.positive.tolist() == pytest.approx(positive.tolist(), abs=1e-5)
        assert int(found.count.sum()) == 502


def test_the_calibration_error_weighs_bins_by_their_reviews() -> None:
    answers, labels = torch.tensor([0.9, 0.9, 0.9, 0.2]), torch.tensor([1.0, 1.0, 0.0, 1.0])
    assert probes.calibration(answers, labels).error == pytest.approx((3 * abs(0.9 - 2 / 3) + 0.8) / 4)


def test_the_surest_mistakes_come_first() -> None:
    answers, labels = torch.tensor([0.9, 0.4, 0.99, 0.01, 0.6]), torch.tensor([0.0, 1.0, 1.0, 1.0, 1.0])
    assert probes.most_confident_mistakes(answers, labels, 2) == [3, 0]
    assert probes.most_confident_mistakes(answers, labels) == [3, 0, 1]


def test_lengths_are_cut_into_quarters() -> None:
    lengths = torch.tensor([8, 1, 7, 2, 6, 3, 5, 4])
    answers = torch.where(lengths <= 3, 0.9, 0.1)
    assert probes.by_length(answers, torch.ones(8), lengths) == [1, 0.5, 0, 0]


# The shipped models


@pytest.mark.parametrize("name", checkpoints.SHA256)
def test_the_record_of_a_shipped_model_says_how_many_contrasts_it_has_in_order(name: str) -> None:
    facts = records.load("imdb", name).facts
    recorded = {seed: result["contrast_in_order"] for seed, result in facts["seeds"].items()}
    model, words = checkpoints.load_shipped(name)
    found = probes.score_pairs(model, pairs.contrast_pairs(), words).ordered
    assert found == pytest.approx(recorded[str(facts["shipped"]["seed"])], abs=0.05)  # it is shipped in half precision


# The whole card


def test_a_report_card_is_of_the_test_split(card: probes.ReportCard, bag: nn.Module, vocab: Vocab) -> None:
    reviews = load_reviews("test")
    answers = predict(bag, [review.text for review in reviews], vocab)
    right = [(answer >= 0.5) == (review.label == "pos") for answer, review in zip(answers, reviews, strict=True)]
    assert card.accuracy == pytest.approx(sum(right).item() / len(right))
    assert card.accuracy == pytest.approx(sum(card.lengths) / 4)
    assert card.twins == probes.PairScore(40, 0.5, 0.0, 0.0, 0.0)
    assert card.padding == 0
    assert list(card.signal) == list(pairs.PLACES)


def test_a_table_has_a_column_for_each_card(card: probes.ReportCard) -> None:
    lines = probes.table({"one": card, "two": card}).splitlines()
    assert lines[0].split() == ["one", "two"]
    assert {len(line) for line in lines} == {56}
    assert any(line.split() == ["twins:", "accuracy", "50.0%", "50.0%"] for line in lines)
