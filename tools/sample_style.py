"""The hand of a reviewer: how names are given, and what shouting, haste or a foreign grammar does to a sentence."""

import random
import re

from sample_material import Film, capitalise, tidy

ABBREVIATED = ("the film", "the film", "this film", "the movie", "this movie")
EMOTICONS = (":)", ":)", ":)", ";)", ":-)", "=)", ":(", ":-(", ":P", ":D")
SLIPS = {
    "doesn't": "don't",
    "there are": "there is",
    "people are": "peoples are",
    "too many": "too much",
    "so many": "so much",
    "reminded me of": "remembered me of",
    "I have seen": "I have saw",
    "to watch": "for watch",
    "much better": "more better",
    "were": "was",
    "it's": "is",
    "It's": "Is",
    "information": "informations",
}


class Names:
    """Fills the slots of one review: a full name first and a shorter one later, every scene once."""

    def __init__(self, film: Film, rng: random.Random) -> None:
        self.rng = rng
        self.scenes = rng.sample(film.scenes, len(film.scenes))
        (lead, role, _), (second, second_role, _) = film.cast[:2]
        self.people = {"lead": lead, "second": second, "director": film.facts["director"]}
        self.values = {"role": role, "second_role": second_role, "place": film.facts["place"]}
        self.values |= {"genre": film.facts["genre"], "year": film.facts["year"]}
        self.title = rng.choice((film.title, film.title, f'"{film.title}"'))
        self.named: set[str] = set()

    def fill(self, sentence: str) -> str:
        """Return the sentence with all its slots filled, tidy, and with a capital at the start."""
        filled = re.sub(r"\{(\w+)\}", lambda slot: self._value(slot.group(1)), sentence)
        self.named |= {person for person, name in self.people.items() if name in filled}
        return capitalise(tidy(filled))

    def _value(self, slot: str) -> str:
        person = slot.removesuffix("_last")
        if person in self.people:
            short = person in self.named or slot != person
            self.named.add(person)
            return self.people[person].split()[-1] if short else self.people[person]
        if slot == "title":
            again = "title" in self.named
            self.named.add("title")
            return self.rng.choice(ABBREVIATED) if again else self.title
        if slot == "scene":
            return self.scenes.pop() if self.scenes else "the scene in question"
        return self.values[slot]


def mistype(sentence: str, share: float, rng: random.Random) -> str:
    """Return the sentence with a share of its longer words hit by a typing error."""

    def hit(word: re.Match[str]) -> str:
        letters = word.group()
        if rng.random() >= share:
            return letters
        at = rng.randrange(1, len(letters) - 1)
        wrong = (
            letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :],
            letters[:at] + letters[at] + letters[at:],
            letters[:at] + letters[at + 1 :],
        )
        return rng.choice(wrong)

    return re.sub(r"(?<![<\w])[a-z]{4,}", hit, sentence)


def drop_articles(sentence: str, share: float, rng: random.Random) -> str:
    """Return the sentence without a share of its articles, and with a share of the slips a learner makes."""
    for right, wrong in SLIPS.items():
        if rng.random() < share:
            sentence = re.sub(rf"\b{right}\b", wrong, sentence)
    dropped = re.sub(r"\b(?:[Tt]he|[Aa]n?) (?=[a-z])", lambda m: "" if rng.random() < share else m.group(), sentence)
    return capitalise(dropped)
