"""Baselines: the course's tokens, naive Bayes' weights, and what each can and cannot see."""

import math

import numpy
import pytest
from scipy.sparse import csr_matrix

from lessons_lib import baselines
from lessons_lib.baselines import BASELINES, accuracy, fit, log_count_ratio
from lessons_lib.reviews import Review
from lessons_lib.tokens import tokenize

TRAIN = [
    Review("pos", "a warm film , a <br />good film :)"),
    Review("pos", "good and lively"),
    Review("pos", "not bad"),
    Review("neg", "a bad film"),
    Review("neg", "dull and bad"),
]
ORDER = [Review("pos", "not bad at all but good"), Review("neg", "not good at all but bad")] * 4


def test_majority_gives_every_text_the_commoner_label() -> None:
    baseline = fit("majority", TRAIN)
    assert baseline.predict(["bad", "dull", ""]) == ["pos"] * 3
    assert accuracy(baseline, TRAIN) == 3 / 5


@pytest.mark.parametrize("name", BASELINES[1:])
def test_a_baseline_learns_what_words_tell(name: str) -> None:
    baseline = fit(name, TRAIN * 20)
    assert baseline.predict(["good and lively", "dull and bad"]) == ["pos", "neg"]


@pytest.mark.parametrize("name", ["bag_of_words", "tfidf"])
def test_features_are_the_tokens_of_the_course(name: str) -> None:
    tokens = {token for review in TRAIN for token in tokenize(review.text)}
    assert set(fit(name, TRAIN).vectorizer.get_feature_names_out()) == tokens


@pytest.mark.parametrize(
    ("name", "right"), [("bag_of_words", 0.5), ("tfidf", 0.5), ("tfidf_bigrams", 1.0), ("nbsvm", 1.0)]
)
def test_only_runs_of_tokens_tell_reviews_of_the_same_words_apart(name: str, right: float) -> None:
    assert accuracy(fit(name, ORDER), ORDER) == right


def test_the_log_count_ratio_is_that_of_naive_bayes() -> None:
    counts = csr_matrix([[1, 0, 1], [1, 1, 0], [0, 1, 0]])
    positive, negative = [1 + 2, 1 + 1, 1 + 1], [1 + 0, 1 + 1, 1 + 0]
    expected = [math.log((p / 7) / (n / 4)) for p, n in zip(positive, negative, strict=True)]
    assert log_count_ratio(counts, ["pos", "pos", "neg"]).tolist() == pytest.approx(expected)


def test_parameters_are_one_weight_a_feature_and_the_bias() -> None:
    baseline = fit("bag_of_words", TRAIN)
    assert baseline.parameter_count == len(baseline.vectorizer.vocabulary_) + 1
    assert numpy.isscalar(baseline.weights)


def test_an_unknown_baseline_is_named() -> None:
    with pytest.raises(ValueError, match="unknown baseline 'svm': choose one of majority, bag_of_words"):
        baselines.fit("svm", TRAIN)
