"""Linear baselines on scikit-learn, with the course's tokens: what a model without word order, or nearly, can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from lessons_lib.reviews import Review
from lessons_lib.tokens import tokenize

BASELINES = ("majority", "bag_of_words", "tfidf", "tfidf_bigrams", "nbsvm")


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline: scikit-learn's vectorizer and classifier, and the weight of each feature in between.

    ``weights`` is a float array ``[features]``, or 1.
    """

    vectorizer: Any
    classifier: Any
    weights: NDArray[numpy.float64] | float = 1.0

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the label of each text, ``"neg"`` or ``"pos"``."""
        return self.classifier.predict(self.features(texts)).tolist()

    def features(self, texts: Sequence[str]) -> Any:
        """Return what the classifier reads, a sparse matrix ``[len(texts), features]``."""
        return self.vectorizer.transform(texts).multiply(self.weights).tocsr()

    @property
    def parameter_count(self) -> int:
        """How many numbers the classifier has learned."""
        coefficients = getattr(self.classifier, "coef_", numpy.empty((1, 0)))
        return coefficients.size + 1


def fit(name: str, reviews: Sequence[Review]) -> Baseline:
    """Fit a baseline to reviews; its strength of regularisation was chosen on IMDb's validation reviews.

    ``majority`` gives every review the commoner label. ``bag_of_words`` counts tokens, ``tfidf`` and ``tfidf_bigrams``
    weight them, ``tfidf_bigrams`` also pairs of neighbours; a logistic regression reads them. ``nbsvm`` weights the
    presence of one to three tokens in a row by naive Bayes' log-count ratio; a linear support vector machine reads
    them (Wang and Manning, *Baselines and Bigrams*, ACL 2012).

    Raises ValueError for another name.
    """
    from sklearn.dummy import DummyClassifier
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    tokens = {"tokenizer": tokenize, "token_pattern": None, "lowercase": False}
    recipes = {
        "majority": (CountVectorizer(**tokens), DummyClassifier(strategy="most_frequent")),
        "bag_of_words": (CountVectorizer(**tokens), LogisticRegression(C=0.03, max_iter=1000)),
        "tfidf": (TfidfVectorizer(**tokens), LogisticRegression(C=10.0, max_iter=1000)),
        "tfidf_bigrams": (
            TfidfVectorizer(**tokens, ngram_range=(1, 2), sublinear_tf=True),
            LogisticRegression(C=100.0, max_iter=1000),
        ),
        "nbsvm": (CountVectorizer(**tokens, ngram_range=(1, 3), binary=True), LinearSVC(C=0.03)),
    }
    if name not in recipes:
        raise ValueError(f"unknown baseline {name!r}: choose one of {', '.join(BASELINES)}")
    vectorizer, classifier = recipes[name]
    labels = [review.label for review in reviews]
    counts = vectorizer.fit_transform([review.text for review in reviews])
    weights = log_count_ratio(counts, labels) if name == "nbsvm" else 1.0
    classifier.fit(counts.multiply(weights).tocsr(), labels)
    return Baseline(vectorizer, classifier, weights)


def log_count_ratio(counts: Any, labels: Sequence[str]) -> NDArray[numpy.float64]:
    """Return naive Bayes' weight of each feature, ``[features]``, from counts ``[reviews, features]`` and their labels.

    It is the logarithm of the feature's share among the positive reviews over that among the negative ones, with 1
    added to every count.
    """
    is_positive = numpy.array([label == "pos" for label in labels])
    positive, negative = (1 + numpy.asarray(counts[rows].sum(axis=0)).ravel() for rows in (is_positive, ~is_positive))
    return numpy.log((positive / positive.sum()) / (negative / negative.sum()))


def accuracy(baseline: Baseline, reviews: Sequence[Review]) -> float:
    """Return which part of the reviews a baseline labels rightly, from 0 to 1."""
    from sklearn.metrics import accuracy_score

    return float(accuracy_score([review.label for review in reviews], baseline.predict([r.text for r in reviews])))
