"""The exercises of lesson 02: faces in lower case, the four rules in their order, and the commonest tokens."""

import re
from collections import Counter

from lessons_lib.checks import Key, exercise
from lessons_lib.tokens import EMOTICON, NOT_WORD, TAG, tokenize


@exercise()
def faces_found() -> Key:
    """Which of five faces does the book's rule find?"""

    def found(text: str) -> list[str]:
        return EMOTICON.findall(text)

    return Key(
        cases={"the five faces": (":) :-( =) :D :P",)},
        right=lambda faces: found(faces.lower()),
        mistakes=[
            (
                lambda faces: found(faces),
                "That is what the pattern finds in the text as written. The rule looks at the text in lower case: "
                "what has become of the two capital mouths?",
            ),
            (
                lambda faces: [face for face in found(faces) if "-" not in face],
                "You leave out every face with a nose. -? means: a -, or none. And what does .lower() do to the "
                "mouths?",
            ),
            (
                lambda faces: [face for face in found(faces.lower()) if "-" not in face],
                "You leave out the face with a nose. -? means: a -, or none.",
            ),
            (
                lambda faces: [face for face in found(faces.lower()) if face[0] == ":"],
                "[:;=] is one of three pairs of eyes, not only the colon.",
            ),
            (
                lambda faces: [face for face in found(faces) if face[0] == ":"],
                "[:;=] is one of three pairs of eyes, not only the colon. And what does .lower() do to the mouths?",
            ),
            *(
                (
                    lambda faces, mouth=mouth: [face for face in found(faces) if face[-1] != mouth],
                    "One of the two capital mouths is still among them. In lower case neither is in the pattern.",
                )
                for mouth in "DP"
            ),
            (
                lambda faces: faces.lower().split(),
                "You write all five in lower case. Which of them does the pattern match then? It knows the mouths "
                "( ) D P.",
            ),
            (
                lambda faces: [face for face in found(faces) if face not in found(faces.lower())],
                "Those are the ones that are missed. Which are found?",
            ),
            (
                lambda faces: [face.replace("-", "") for face in found(faces.lower())],
                "You take off the nose. That comes later, when the faces are put behind the words.",
            ),
        ],
        because="In lower case the mouths D and P are d and p, which the pattern does not know.",
        about="Write the faces that are found as strings, in the order of the question. What does .lower() leave?",
    )


@exercise()
def four_rules() -> Key:
    """Apply the book's four rules, in their order."""

    def rules(
        text: str,
        tag: re.Pattern[str] = TAG,
        between: str = "",
        sign: re.Pattern[str] = NOT_WORD,
        space: str = " ",
        glue: str = "",
        split: str | None = None,
    ) -> list[str]:
        text = tag.sub(between, text).lower()
        return (sign.sub(space, text) + glue + " ".join(EMOTICON.findall(text)).replace("-", "")).split(split)

    def faces_as_written(text: str) -> list[str]:
        text = TAG.sub("", text)
        return (NOT_WORD.sub(" ", text.lower()) + " ".join(EMOTICON.findall(text)).replace("-", "")).split()

    def faces_in_small_letters(text: str) -> list[str]:
        text = TAG.sub("", text).lower()
        faces = re.findall(EMOTICON.pattern, text, re.IGNORECASE)
        return (NOT_WORD.sub(" ", text) + " ".join(faces).replace("-", "")).split()

    def faces_in_front(text: str, glue: str) -> list[str]:
        text = TAG.sub("", text).lower()
        return (" ".join(EMOTICON.findall(text)).replace("-", "") + glue + NOT_WORD.sub(" ", text)).split()

    def faces_joined(text: str) -> list[str]:
        text = TAG.sub("", text).lower()
        return (NOT_WORD.sub(" ", text) + "".join(EMOTICON.findall(text)).replace("-", "")).split()

    def with_capitals(text: str) -> list[str]:
        text = TAG.sub("", text)
        return (NOT_WORD.sub(" ", text) + " ".join(EMOTICON.findall(text.lower())).replace("-", "")).split()

    def with_noses(text: str) -> list[str]:
        text = TAG.sub("", text).lower()
        return (NOT_WORD.sub(" ", text) + " ".join(EMOTICON.findall(text))).split()

    texts = ("Don't.", "The <i>end</i><br /><br />Start", "great :) movie", "Fun, fun ;) sad :-( AND :D!")
    return Key(
        cases={f'"{text}"': (text,) for text in texts},
        right=tokenize,
        mistakes=[
            (
                lambda text: rules(text, between=" "),
                "You put a space where a tag was. The book puts nothing, so that end<br /><br />Start becomes one "
                "token, endstart. That is odd, and it is the rule.",
            ),
            (
                faces_as_written,
                "You look for faces before the text is in lower case, and find :D. The book puts the text in lower "
                "case first, and D and P are not found.",
            ),
            (
                lambda text: rules(text, glue=" "),
                "You put a space between the words and the faces. The book has none, so that great :) movie ends in "
                "movie:). That is odd, and it is the rule.",
            ),
            (
                lambda text: NOT_WORD.sub(" ", TAG.sub("", text).lower()).split(),
                "No face is left. The rule that deletes signs deletes faces too: collect them before, from the text "
                "with its signs, and put them behind the words.",
            ),
            (
                faces_in_small_letters,
                "Your pattern finds :d as well. The book's knows the capitals D and P only, although its text is in "
                "lower case. That is odd, and it is the rule.",
            ),
            *(
                (
                    lambda text, glue=glue: faces_in_front(text, glue),
                    "Your faces stand in front of the words. The last rule puts them behind.",
                )
                for glue in ("", " ")
            ),
            (faces_joined, "Your faces grow together into one token. Join them with a space between."),
            (
                lambda text: rules(text, split=" "),
                "You have an empty string among your tokens. split(' ') cuts at every single space, also behind the "
                "last word; split() cuts at runs of spaces between words.",
            ),
            (with_noses, "Your faces keep their noses. The last rule takes the - out of them."),
            (with_capitals, "Your words keep their capitals. Put the text in lower case for the words, too."),
            (
                lambda text: text.split(),
                lambda text: (
                    f"You cut at the spaces only. Tags, signs and capitals are still there. "
                    f"{text} has to become {' | '.join(tokenize(text))}."
                ),
            ),
            (
                lambda text: text.lower().split(),
                lambda text: (
                    f"You cut at the spaces only, in lower case. Tags and signs are still there. "
                    f"{text} has to become {' | '.join(tokenize(text))}."
                ),
            ),
            (
                lambda text: rules(text, sign=re.compile(r"[^\w\s]+"), space=""),
                "You delete the signs, so that don't becomes dont. The rule makes each run of them one space: don | t.",
            ),
            (
                lambda text: rules(text, space=""),
                "You delete the runs of signs and spaces, and the words grow together. Each run becomes one space.",
            ),
            (
                lambda text: rules(text, tag=re.compile(r"<.*>")),
                "Your pattern for tags is greedy: from the first < to the last > everything is gone, the word end too.",
            ),
            (
                lambda text: rules(text, tag=re.compile(r"(?!)")),
                "The tags are not removed. Without < and > their names, i and br, become words.",
            ),
        ],
        because="Tags vanish, lower case, faces aside, signs to spaces, faces behind: in this order, oddities too.",
        about="Return a list of tokens. Which rule comes first, which last, and on which text does each of them look?",
        is_function=True,
    )


@exercise()
def commonest() -> Key:
    """Find the n commonest tokens of several texts."""

    def count(texts: list[str]) -> Counter[str]:
        return Counter(token for text in texts for token in tokenize(text))

    def top(counts: Counter[str], n: int) -> list[str]:
        return [token for token, _ in counts.most_common(n)]

    def told(texts: list[str], n: int) -> str:
        token, number = count(texts).most_common(1)[0]
        return f"{token} occurs {number} times"

    return Key(
        cases={
            "the three commonest of three texts": (
                ["A cast, a good film, a film.", "Good! So good, good plot", "The plot is long"],
                3,
            ),
            "the four commonest of three texts": (
                ["Never, never again.", "Not again: the plot, the plot", "The END"],
                4,
            ),
        },
        right=lambda texts, n: top(count(texts), n),
        mistakes=[
            *(
                (
                    lambda texts, n, letters=letters: [letter.strip() for letter in top(Counter(letters(texts)), n)],
                    "You count letters. update takes its argument apart: a string into characters, a list into its "
                    "items. Give it the list of tokens.",
                )
                for letters in (
                    lambda texts: "".join(texts),
                    lambda texts: "".join(texts).lower(),
                    lambda texts: "".join(token for text in texts for token in tokenize(text)),
                )
            ),
            (
                lambda texts, n: top(Counter(texts), n),
                "You count whole texts. Each text has to be cut into tokens before it is counted.",
            ),
            (
                lambda texts, n: top(count(texts[-1:]), n),
                lambda texts, n: (
                    f"You count the last text alone. A new Counter for each text forgets the ones before: make one, "
                    f"and update it. In all texts {told(texts, n)}."
                ),
            ),
            (
                lambda texts, n: top(count(texts[:1]), n),
                lambda texts, n: (
                    f"You count the first text alone. Is the return inside the loop? In all texts {told(texts, n)}."
                ),
            ),
            (
                lambda texts, n: top(Counter(t for text in texts for t in dict.fromkeys(tokenize(text))), n),
                lambda texts, n: (
                    f"You count in how many texts a token occurs. Count it as often as it stands there: "
                    f"{told(texts, n)}."
                ),
            ),
            (
                lambda texts, n: top(Counter(token for text in texts for token in text.split()), n),
                "You cut at the spaces only, so good with a comma is another word than good. Use tokens.tokenize.",
            ),
            (
                lambda texts, n: top(Counter(token for text in texts for token in text.lower().split()), n),
                "You cut at the spaces only, so good with a comma is another word than good. Use tokens.tokenize.",
            ),
            (
                lambda texts, n: list(count(texts))[:n],
                lambda texts, n: (
                    f"Those are the first {n} different tokens, in the order of first appearance. Sort by count."
                ),
            ),
            (
                lambda texts, n: top(count(texts), n)[::-1],
                "The right tokens, the wrong way round. The commonest comes first.",
            ),
            (
                lambda texts, n: top(count(texts), n + 1)[1:],
                lambda texts, n: f"You leave out the commonest: {told(texts, n)}. The first item of a list is item 0.",
            ),
            (
                lambda texts, n: [token for token, _ in count(texts).most_common()[-n:]],
                "Those are the rarest. most_common begins with the commonest.",
            ),
            (
                lambda texts, n: [token for token, _ in count(texts).most_common()],
                lambda texts, n: f"You return all {len(count(texts))} tokens. The {n} commonest are asked for.",
            ),
            *(
                (
                    lambda texts, n, ordered=ordered: ordered(count(texts))[:n],
                    "Tokens of equal count stand in another order in your list. They keep the order of first "
                    "appearance, as most_common leaves them.",
                )
                for ordered in (
                    lambda counts: sorted(counts, key=lambda token: (-counts[token], token)),
                    lambda counts: sorted(counts, key=lambda token: (counts[token], token), reverse=True),
                    lambda counts: sorted(counts, key=counts.__getitem__)[::-1],
                )
            ),
        ],
        because="One Counter for all texts, updated with lists of tokens; ties stay in the order of first appearance.",
        about="Return a list of n strings: the tokens that are commonest in all texts together, the commonest first.",
        is_function=True,
    )
