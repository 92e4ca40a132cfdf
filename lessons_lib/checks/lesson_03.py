"""The exercises of lesson 03: special tokens, missing words, and the order of the rows."""

from collections.abc import Iterable
from functools import cache

from lessons_lib import vocabulary
from lessons_lib.checks import Key, exercise
from lessons_lib.vocabulary import PAD, UNK, Vocab


@exercise()
def places_after_inserting() -> Key:
    """Where are ``<pad>``, ``<unk>`` and a word after two insertions at index 0?"""

    def right(words: list[str], word: str) -> tuple[int, ...]:
        table = [PAD, UNK, *words]
        return table.index(PAD), table.index(UNK), table.index(word)

    return Key(
        cases={"the table": (["the", "film", "was", "good"], "film")},
        right=right,
        mistakes=[
            *(
                (
                    lambda words, word, moved=moved: (1, 0, words.index(word) + moved),
                    "You let <pad> stand behind <unk>. insert_token(token, 0) puts the token at 0, and what was there "
                    "moves to 1, <unk> too.",
                )
                for moved in (2, 1, 0)
            ),
            (
                lambda words, word: (0, 1, words.index(word)),
                lambda words, word: f"{word} was at {words.index(word)}. Each insertion in front pushes it on by one.",
            ),
            (
                lambda words, word: (0, 1, words.index(word) + 1),
                lambda words, word: f"{word} was at {words.index(word)}, and there are two insertions in front of it.",
            ),
            (
                lambda words, word: (1, 2, words.index(word) + 3),
                "You count from 1. The first row of a table is row 0.",
            ),
            (
                lambda words, word: (0, 1, words.index(word) + 3),
                lambda words, word: f"{word} was at {words.index(word)}: the first word of the table was at 0.",
            ),
            (
                lambda words, word: (0, 0, words.index(word) + 2),
                "Two tokens cannot stand at one index. The second insertion pushes the first token on.",
            ),
        ],
        because="The token that is inserted last comes first, and everything behind it moves on by one.",
        about="Write the four words in a row, insert twice at the left end, and count from 0.",
    )


def _count(found: Iterable[bool]) -> int:
    return sum(1 for is_found in found if is_found)


@cache
def _toy_table() -> Vocab:
    return vocabulary.build({"the": 4, "film": 3, "is": 2, "good": 1})


@exercise(6)
def count_missing() -> Key:
    """Count the tokens for which the table has no row."""

    def right(tokens: list[str], table: Vocab) -> int:
        return _count(token not in table for token in tokens)

    table = _toy_table()
    return Key(
        cases={
            "the first row": (["the", "zyzzling", "is", "dull", "good", UNK, PAD], table),
            "the second row": (["qwertz", UNK, "qwertz", "good", UNK, "blorp", PAD], table),
        },
        right=right,
        mistakes=[
            (
                lambda tokens, table: _count(table[token] == table[UNK] for token in tokens),
                lambda tokens, table: (
                    f"You count index 1, {_count(table[token] == 1 for token in tokens)} times in {' '.join(tokens)}. "
                    f"<unk> is among them, and it is not missing: it has row 1. A missing word is only sent there."
                ),
            ),
            (
                lambda tokens, table: _count(table[token] <= 1 for token in tokens),
                "You count <pad> and <unk> as well. Both have a row of their own, so they are not missing.",
            ),
            (
                lambda tokens, table: _count(table[token] == 0 for token in tokens),
                "You count index 0. That is <pad>, which stands for no word at all, and it has a row.",
            ),
            (
                lambda tokens, table: _count(token == UNK for token in tokens),
                "You count the token <unk>. It stands in the table. A missing word is one that does not.",
            ),
            (
                lambda tokens, table: _count(token in table for token in tokens),
                "You count the tokens that have a row. Count the others.",
            ),
            (
                lambda tokens, table: _count(table[token] > 1 for token in tokens),
                "You count the words that have a row. Count those that have none.",
            ),
            (
                lambda tokens, table: 0,
                "You find none. The table gives no None and no error for a missing word: its default index sends it "
                "to row 1.",
            ),
            (
                lambda tokens, table: len({token for token in tokens if token not in table}),
                "You count each missing word once. Count it as often as it occurs.",
            ),
        ],
        because="Only `in` asks whether there is a row. An index of 1 does not tell <unk> from a missing word.",
        about="Return a number: how many of the tokens have no row in the table, whatever index they are sent to.",
        is_function=True,
    )


@exercise()
def rows_of_table() -> Key:
    """Write the rows of the book's table, from counts."""

    def rows(counts: dict[str, int], min_freq: int) -> list[str]:
        return [token for token, count in counts.items() if count >= min_freq]

    def right(counts: dict[str, int], min_freq: int) -> list[str]:
        return [PAD, UNK, *sorted(rows(counts, min_freq), key=counts.__getitem__, reverse=True)]

    def alphabetical(counts: dict[str, int], min_freq: int) -> list[str]:
        return [PAD, UNK, *sorted(rows(counts, min_freq), key=lambda token: (-counts[token], token))]

    def backwards(counts: dict[str, int], min_freq: int) -> list[str]:
        return [PAD, UNK, *sorted(rows(counts, min_freq), key=lambda token: (counts[token], token), reverse=True)]

    def ties_turned(counts: dict[str, int], min_freq: int) -> list[str]:
        return [PAD, UNK, *sorted(rows(counts, min_freq), key=counts.__getitem__)[::-1]]

    def tied(counts: dict[str, int], min_freq: int) -> str:
        kept = rows(counts, min_freq)
        one, two = next((a, b) for i, a in enumerate(kept) for b in kept[i + 1 :] if counts[a] == counts[b])
        return f"{one} and {two} both occur {counts[one]} times, and {one} comes first in counts."

    return Key(
        cases={
            "7 counts and min_freq 1": (dict(plot=3, a=4, good=3, fine=1, film=3, bad=3, and_=1), 1),
            "6 counts and min_freq 2": (dict(dull=2, story=5, weak=2, odd=1, cast=5, ending=2), 2),
        },
        right=right,
        mistakes=[
            (
                alphabetical,
                lambda counts, min_freq: (
                    f"You break ties by the alphabet, as build_vocab_from_iterator does. {tied(counts, min_freq)} "
                    f"The book's table keeps that order."
                ),
            ),
            (
                backwards,
                lambda counts, min_freq: (
                    f"You break ties by the alphabet, from z to a: a pair (count, token) is sorted by its token where "
                    f"the counts are equal. {tied(counts, min_freq)} The book's table keeps that order."
                ),
            ),
            (
                lambda counts, min_freq: [PAD, UNK, *sorted(rows(counts, min_freq))],
                "You sort by the alphabet. The count decides, and the commonest token comes first.",
            ),
            (
                ties_turned,
                lambda counts, min_freq: (
                    f"Your ties stand in reverse. {tied(counts, min_freq)} Sort with reverse=True, which keeps the "
                    f"order of equal counts, and do not turn the list around afterwards."
                ),
            ),
            (
                lambda counts, min_freq: [PAD, UNK, *rows(counts, min_freq)],
                "The tokens are not sorted: they stand as they do in counts. The commonest has to come first.",
            ),
            (
                lambda counts, min_freq: [PAD, UNK, *sorted(rows(counts, min_freq), key=counts.__getitem__)],
                "You begin with the rarest token. The commonest has to come first.",
            ),
            (
                lambda counts, min_freq: right(counts, min_freq + 1),
                lambda counts, min_freq: (
                    f"You leave out the tokens that occur exactly min_freq times, here {min_freq}. They belong in."
                ),
            ),
            (lambda counts, min_freq: right(counts, 1), "You keep all tokens, also those rarer than min_freq."),
            (
                lambda counts, min_freq: right(counts, min_freq)[2:],
                "<pad> and <unk> are missing. They are the rows 0 and 1, in front of all words.",
            ),
            *(
                (
                    lambda counts, min_freq, kept=kept: [kept, *right(counts, min_freq)[2:]],
                    f"You have {kept} alone. The table has two special tokens, <pad> in row 0 and <unk> in row 1.",
                )
                for kept in (PAD, UNK)
            ),
            (
                lambda counts, min_freq: [*right(counts, min_freq)[2:], PAD, UNK],
                "<pad> and <unk> come last in your list. They are the rows 0 and 1, in front of all words.",
            ),
            (
                lambda counts, min_freq: [UNK, PAD, *right(counts, min_freq)[2:]],
                "<unk> stands in front of <pad>. Row 0 has to be <pad>, because pad_sequence fills with 0.",
            ),
        ],
        because="The commonest first, ties in the order of counts, <pad> and <unk> in front: the library's rows.",
        about="Return a list of strings: <pad>, <unk>, and the tokens that occur at least min_freq times, by count.",
        is_function=True,
    )
