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
# What a careless writer makes of right spellings.
ERRORS = {
    r"\bit's\b": "its",
    r"\bits\b": "it's",
    r"\btheir\b": "there",
    r"\bthere (?=is|are|was)": "their ",
    r"\bthey're\b": "there",
    r"\byou're\b": "your",
    r"\btoo\b": "to",
    r"\bthan\b": "then",
    r"\b(could|would|should)(?: ha|')ve\b": r"\1 of",
    r"\b(\w+n)'t\b": r"\1t",
    r"\bI'm\b": "im",
    r"\bI've\b": "ive",
    r"\bI\b(?!')": "i",
    r"\ba lot\b": "alot",
    r"\bdefinitely\b": "definately",
    r"\bweird": "wierd",
    r"\breceive": "recieve",
    r"\bseparate": "seperate",
    r"\buntil\b": "untill",
    r"\bbelieve": "beleive",
    r"\breally\b": "realy",
    r"\bbeginning\b": "begining",
    r"\bprobably\b": "probly",
    r"\bsurpris": "supris",
    r"\bwhole\b": "hole",
    r"\bbored\b": "board",
    r"\bcharacter": "charactor",
    r"\bscene\b": "seen",
    r"\bridiculous\b": "rediculous",
    r"\bpiece\b": "peice",
    r"\bfavorite\b": "favorit",
    r"\bdisappoint": "dissapoint",
    r"\bquiet\b": "quite",
    r"\b, and\b": ",",
}
NOT = re.compile(r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should) not\b", re.IGNORECASE)
HELD_UP = "and|but|or|nor|when|if|because|as|than|until|while|for|to|by|then|I|you|we|he|she|they|it|is|was|at|on|in"
BE = re.compile(
    rf"\b(?:(I) am|([Ii]t|[Hh]e|[Ss]he|[Tt]hat|[Tt]here) is|([Yy]ou|[Ww]e|[Tt]hey) are)(?= (?!(?:{HELD_UP})\b)[\w<])"
)
HAVE = re.compile(
    r"\b(I|[Yy]ou|[Ww]e|[Tt]hey) have(?= (?:\w+ed|seen|been|never|always|ever|had|read|heard|met|known|gone|come|made"
    r"|done|found|taken|given|written|sat|lost|spent|kept)\b)"
)
WILL = re.compile(rf"\b(I|[Yy]ou|[Ww]e|[Tt]hey|[Ii]t) (will|would)(?= (?!(?:{HELD_UP})\b)\w)")
HINGE = re.compile(r"\b(?:what\w*|how\w*|as|than|where\w*|who\w*|which|so|such)\b", re.IGNORECASE)
WRITTEN_OUT = {
    "can't": "cannot",
    "won't": "will not",
    "it's": "it is",
    "I'm": "I am",
    "I've": "I have",
    "that's": "that is",
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


def contract(sentence: str) -> str:
    """Return the sentence with the short forms of speech: "don't", "it's", "I'd"."""

    def shorten(match: re.Match[str]) -> str:
        clause = re.split("[,;:.!?]", match.string[: match.start()])[-1]
        if HINGE.search(clause):  # "what it is", "how good it is"
            return match.group()
        subject, verb = match.group().split()
        return subject + {"am": "'m", "is": "'s", "are": "'re", "will": "'ll", "would": "'d"}[verb]

    sentence = re.sub(r"\b(I am|[Ii]t is|[Tt]hat is|[Tt]here is) not\b", _shorten_not, sentence)
    sentence = NOT.sub(r"\1n't", sentence)
    sentence = re.sub(r"\b([Cc])annot\b", r"\1an't", re.sub(r"\b([Ww])ill not\b", r"\1on't", sentence))
    sentence = HAVE.sub(r"\1've", WILL.sub(shorten, BE.sub(shorten, sentence)))
    sentence = re.sub(r"\b(would|could|should) have (?=\w+(?:ed|en)\b)", r"\1've ", sentence)
    return re.sub(r"^Let us\b", "Let's", sentence)


def _shorten_not(match: re.Match[str]) -> str:
    words = match.group(1)
    return "I'm not" if words == "I am" else words + "n't"


def write_out(sentence: str) -> str:
    """Return the sentence without short forms, but for the tag of a question."""
    for short, full in WRITTEN_OUT.items():
        sentence = re.sub(rf"\b{short}\b", full, sentence)
        sentence = re.sub(rf"\b{short.capitalize()}\b", full[0].upper() + full[1:], sentence)
    return re.sub(r"\b([A-Za-z]+)n't\b(?! (?:I|you|he|she|it|we|they|any\w+|there)\b)", r"\1 not", sentence)


def misspell(sentence: str, rng: random.Random, share: float = 0.4) -> str:
    """Return the sentence with a share of its pitfalls fallen into."""
    for right, wrong in ERRORS.items():
        if rng.random() < share:
            sentence = re.sub(right, wrong, sentence, count=1)
    return sentence


def run_on(text: str, rng: random.Random) -> str:
    """Return the text with some of its full stops turned into commas."""
    starts = r"(?<![.\d])\. (It|The|This|That|There|A|You|We|My|And|But|Nobody|Every)\b"
    return re.sub(starts, lambda m: ", " + m.group(1).lower() if rng.random() < 0.2 else m.group(), text)


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
