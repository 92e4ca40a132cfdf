"""Text to tokens, by the rules of the book."""

import re

TAG = re.compile(r"<[^>]*>")
EMOTICON = re.compile(r"[:;=]-?[()DP]")
NOT_WORD = re.compile(r"[\W]+")


def tokenize(text: str) -> list[str]:
    """Split a review into lowercase tokens: words first, emoticons last.

    Tags vanish without leaving a space, runs of other signs become one space, and emoticons are put
    behind the last word, the first of them glued to it where the text ends in a word character.
    The rules are kept as they are, oddities included, because the book's numbers depend on them.

    Source: Raschka, Liu, Mirjalili, *Machine Learning with PyTorch and Scikit-Learn* (2022), chapter 15.
    """
    # Behind the last ">" there is no tag. Looking for one there would take hours in a million of "<".
    head, end, tail = text.rpartition(">")
    text = (TAG.sub("", head + end) + tail).lower()
    emoticons = EMOTICON.findall(text)
    return (NOT_WORD.sub(" ", text) + " ".join(emoticons).replace("-", "")).split()
