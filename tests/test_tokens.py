"""The tokenizer does what the book's does, on every text."""

import re

import pytest
from hypothesis import given, strategies as st

from lessons_lib.tokens import tokenize


def book_tokenizer(text: str) -> list[str]:
    """The book's function, written as the book writes it (with raw strings)."""
    text = re.sub(r"<[^>]*>", "", text)
    emoticons = re.findall(r"(?::|;|=)(?:-)?(?:\)|\(|D|P)", text.lower())
    text = re.sub(r"[\W]+", " ", text.lower()) + " ".join(emoticons).replace("-", "")
    return text.split()


@given(st.text() | st.text(st.characters()) | st.text(alphabet="aB :;=-()DP<>/br'.!1"))  # surrogates too
def test_equals_the_book_on_any_text(text: str) -> None:
    assert tokenize(text) == book_tokenizer(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Good MOVIE", ["good", "movie"]),
        ("don't", ["don", "t"]),
        ("end<br /><br />Start", ["endstart"]),
        ("great :) movie", ["great", "movie:)"]),
        ("great movie :-)", ["great", "movie", ":)"]),
        (":D :P", ["d", "p"]),
        ("", []),
        ("<br />", []),
        ("10/10", ["10", "10"]),
    ],
)
def test_known_cases(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens
