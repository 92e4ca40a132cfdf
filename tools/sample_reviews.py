"""Plan and write one review of the bundled sample: a film, a kind of reviewer, a verdict, parts in varying order."""

import math
import random
import re
from collections import Counter
from dataclasses import dataclass

from sample_material import OPPOSITE, Film, Item, Material, expand
from sample_style import EMOTICONS, Names, drop_articles, mistype

SHORTEST, LONGEST = 20, 300  # words
SPREAD = 0.45  # standard deviation of the logarithm of the lengths within a kind of reviewer
OVERSHOOT = 14  # words: the last part goes over the length that was aimed at
TURNS = {1: 0.1, 2: 0.2, 3: 0.5, 4: 0.7, 7: 0.7, 8: 0.5, 9: 0.2, 10: 0.1}  # weight of turns by rating
SUMMING_UP = {"overall", "recommendation", "expectation"}  # aspects that only the verdict itself may speak of
HASTE = 0.026  # share of the longer words hit by a typing error, in one review of three
QUESTION = re.compile(
    r"(?:who (?:knew|would|could|can|needs|wants|thought)|why (?:do|does|did|is|are|would|should|not)"
    r"|how (?:can|could|do|does|did|many)|what is the use|(?:is|are|was|were|did|does|do|can|could|would|has|have)"
    r"(?! yourself| not| it)) "
)
JOINTS = (" and ", ", and ", ", and ", ", and ", "; ", "; ", "; ", " - ", " - ", "... ", ", ")
STATE = re.compile(r"\b(?:has|have|had|been)\b")  # beats that tell how things are, and not what happens next


@dataclass(frozen=True)
class Manner:
    """How a kind of reviewer writes: its share of the corpus, the median of its lengths, and probabilities."""

    share: float
    median: int
    breaks: float = 0.3
    exclaims: float = 0.05
    emoticon: float = 0.05
    aside: float = 0.4
    shouts: float = 0.0
    mistypes: float = 0.0
    slips: float = 0.0
    lower: bool = False


MANNERS = {
    "academic": Manner(0.07, 68, breaks=0.4, exclaims=0.0, emoticon=0.0),
    "blogger": Manner(0.10, 60, breaks=0.6, exclaims=0.12, emoticon=0.15),
    "cynic": Manner(0.09, 50, exclaims=0.02),
    "fan": Manner(0.10, 56, exclaims=0.25, emoticon=0.15),
    "ironic": Manner(0.09, 54),
    "old_timer": Manner(0.09, 62, breaks=0.4, aside=0.5),
    "parent": Manner(0.09, 58, emoticon=0.08, aside=0.5),
    "rambling": Manner(0.09, 118, breaks=0.25, aside=0.6),
    "second_language": Manner(0.08, 50, exclaims=0.1, emoticon=0.1, slips=0.3),
    "shouting": Manner(0.06, 44, exclaims=0.6, shouts=0.4),
    "terse": Manner(0.08, 27, breaks=0.05, aside=0.05),
    "typos": Manner(0.06, 50, breaks=0.1, emoticon=0.1, mistypes=0.06, lower=True),
}


@dataclass(frozen=True)
class Brief:
    """What is asked of the writer: a film, a kind of reviewer, the polarity of the text, a rating, a split."""

    film: Film
    kind: str
    polarity: str
    rating: int
    split: str


class Draft:
    """One review in the making: what it takes from the material, and what it shows."""

    def __init__(self, material: Material, uses: Counter[Item], brief: Brief, rng: random.Random) -> None:
        self.material, self.uses, self.brief, self.rng = material, uses, brief, rng
        self.manner, self.voice = MANNERS[brief.kind], material.kinds[brief.kind]
        self.mistypes = self.manner.mistypes or (HASTE if self.chance(0.35) else 0.0)
        self.taken: list[Item] = []
        self.aspects: set[str] = set()
        self.phenomena: set[str] = set()

    def compose(self) -> str:
        """Return the text of the review."""
        target = max(SHORTEST, self.rng.lognormvariate(math.log(self.manner.median), SPREAD) - OVERSHOOT)
        polarity, verdict, body = self.brief.polarity, self.verdict(), []
        opening = self.said("opening_" + self.rng.choice((polarity, polarity, "even"))) if self.chance(0.75) else []
        closing = self.said("closing_" + polarity) if self.chance(0.65) else []
        story = self.story() if target > 20 and self.chance(0.6) else []
        while _length([opening, story, verdict, *body, closing]) < target:
            body.append(self.another())
        body.insert(self.rng.randrange(len(body) + 1) if closing else len(body), verdict)
        before = 0 if self.chance(0.75) else 1
        return self.join([opening, *body[:before], story, *body[before:], closing])

    def compose_twins(self) -> tuple[str, str]:
        """Return a favourable and an unfavourable review with the same words: the adjectives change places."""
        self.phenomena.add("twin")
        opening = self.said("opening_even") if self.chance(0.4) else []
        lines = [self.line(self.pick(self.material.twins)) for _ in range(self.rng.choice((1, 1, 2, 2, 3)))]
        text = self.join([opening, self.story(), [self.finish(line, lively=False) for line in lines]])
        slots = len(re.findall("<good>", text, re.IGNORECASE))
        words = {polarity: self.rng.sample(self.material.adjectives[polarity], slots) for polarity in OPPOSITE}
        return put_adjectives(text, words["good"], words["bad"]), put_adjectives(text, words["bad"], words["good"])

    def another(self) -> list[str]:
        """Return one more block of sentences, more often one of two minds where the rating is near the middle."""
        turns = TURNS[self.brief.rating]
        weights = {self.verdict: 1.0, self.turn: turns, self.neutral: 0.1 + turns / 3}
        if "aside" not in self.phenomena:
            weights[self.aside] = self.manner.aside
        if "reversal" not in self.phenomena:
            weights[self.reversal] = 0.15
        return self.rng.choices(list(weights), list(weights.values()))[0]()

    # the blocks of a review

    def verdict(self) -> list[str]:
        """Return one or two clauses of the review's own polarity, as one sentence or two."""
        first = self.opinion(self.brief.polarity)
        if len(first.split()) > 14 or not Item(first).plain or self.chance(0.5):
            return [self.finish(first)]
        second = self.opinion(self.brief.polarity, plain=True)
        if len(second.split()) > 16:
            return [self.finish(first), self.finish(second)]
        joint = "; " if ", and " in first else self.rng.choice(JOINTS)
        return [self.finish(first + joint + second)]

    def turn(self) -> list[str]:
        """Return a sentence of two opinions, of which the one that agrees with the verdict prevails."""
        kind = self.rng.choice(("concession", "contrast", "reported", "turn"))
        self.phenomena.add(kind)
        pattern = self.line(self.pick(self.material.patterns[kind]))
        minor = self.opinion(OPPOSITE[self.brief.polarity], plain=True, minor=True)
        major = self.opinion(self.brief.polarity, plain=True)
        return [self.finish(pattern.replace("<minor>", minor).replace("<major>", major))]

    def reversal(self) -> list[str]:
        """Return a sentence on what was expected and what came."""
        self.phenomena.add("reversal")
        return [self.finish(self.line(self.pick(self.material.patterns["reversal_" + self.brief.polarity])))]

    def neutral(self) -> list[str]:
        """Return a sentence that takes no side."""
        self.phenomena.add("even")
        aspect = self.rng.choice(list(self.material.clauses["even"].values()))
        return [self.finish(self.line(self.pick(aspect)), lively=False)]

    def aside(self) -> list[str]:
        """Return a remark on something other than the film, as long as there are fresh ones."""
        self.phenomena.add("aside")
        asides = self.rng.choice((self.voice, self.material.patterns))["aside"]
        item = self.pick(asides, limit=1, own=True)
        return [self.smile(self.line(item))] if item else []

    def story(self) -> list[str]:
        """Return one to three sentences on the story, in its order, often behind one on the film or its cast."""
        self.phenomena.add("plot")
        lines, patterns = self.brief.film.lines["beats"], self.material.patterns
        picked = [self.pick(lines, own=True) for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3)))]
        sentences = self.rng.choice((self.cast, self.cast, self.cast, self.fact))() if self.chance(0.6) else []
        for number, beat in enumerate(sorted(filter(None, picked), key=lines.index)):
            told = self.line(beat)
            if self.chance(0.4) and not STATE.search(told):
                frame = self.line(self.pick(patterns["plot_next" if number else "plot_first"]))
                told = frame.replace("<beat>", told)
            sentences.append(self.finish(told, lively=False))
        return sentences

    def fact(self) -> list[str]:
        """Return a sentence on who made the film, when, and where it is set."""
        return [self.finish(self.line(self.pick(self.material.patterns["fact"])), lively=False)]

    def cast(self) -> list[str]:
        """Return a sentence on somebody in the cast nobody has spoken of so far, if there is still one."""
        player = self.pick(self.brief.film.lines["cast"], limit=1, own=True)
        if player is None:
            return []
        sentence = self.line(self.pick(self.material.patterns["cast"]))
        for slot, value in zip(("<actor>", "<role>", "<who>"), player.text.split(" | "), strict=True):
            sentence = sentence.replace(slot, value)
        return [self.finish(sentence, lively=False)]

    def said(self, section: str) -> list[str]:
        """Return an opening or a closing in the voice of the kind."""
        sentence = self.line(self.pick(self.voice[section]))
        return [sentence if sentence[-1] in "!?)\"." or self.chance(0.3) else self.finish(sentence)]

    def opinion(self, polarity: str, plain: bool = False, minor: bool = False) -> str:
        """Return a clause of opinion: a remark on this very film, or one on an aspect not spoken of so far.

        ``plain`` ones can stand inside a longer sentence, ``minor`` ones beside the opposite verdict.
        """
        remarks = self._fitting(self.brief.film.lines[polarity], plain, minor)
        if self.chance(0.5) and (remark := self.pick(remarks, limit=1, own=True)):
            self.phenomena.add("remark")
            return self.line(remark)
        aspects = self.material.clauses[polarity].keys() - (SUMMING_UP if minor else set())
        aspect = self.rng.choice(sorted(aspects - self.aspects or aspects))
        self.aspects.add(aspect)
        return self.line(self.pick(self._fitting(self.material.clauses[polarity][aspect], plain, minor)))

    # taking from the material

    def pick(self, pool: list[Item], limit: int = 1000, own: bool = False) -> Item | None:
        """Take one of the least used items of a pool that this split may use; what is ``own`` stays in its split."""
        fresh = [item for item in self._open(pool, own) if item not in self.taken and self.uses[item] < limit]
        if not fresh:
            return None
        least = min(self.uses[item] * item.cost for item in fresh)
        item = self.rng.choice([item for item in fresh if self.uses[item] * item.cost == least])
        self.taken.append(item)
        return item

    def _open(self, pool: list[Item], own: bool) -> list[Item]:
        if self.brief.split == "train":
            return [item for item in pool if not item.test_only]
        if self.brief.film.test_only and own:
            return pool
        return [item for item in pool if item.test_only] if own or self.chance(0.5) else pool

    def _fitting(self, pool: list[Item], plain: bool, minor: bool) -> list[Item]:
        return [item for item in pool if (item.plain or not plain) and (item.minor or not minor)]

    def line(self, item: Item) -> str:
        """Return a line of material with its choices taken."""
        return expand(item.text, self.rng)

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return self.rng.random() < probability

    # from clauses to text

    def finish(self, clause: str, lively: bool = True) -> str:
        """Return the clause with a mark at its end."""
        if clause[-1] in ".!?)":
            return clause
        if QUESTION.match(clause) and "?" not in clause:
            return clause + "?"
        if lively and self.chance(self.manner.exclaims):
            return clause + self.rng.choice(("!", "!", "!!"))
        return clause + ("..." if self.chance(0.03) else ".")

    def smile(self, sentence: str) -> str:
        """Return the sentence, now and then with an emoticon behind it."""
        if not self.chance(4 * self.manner.emoticon):
            return sentence
        self.phenomena.add("emoticon")
        return f"{sentence} {self.rng.choice(EMOTICONS)}"

    def join(self, blocks: list[list[str]]) -> str:
        """Return the blocks as text: slots filled in reading order, the kind's own hand, some paragraph breaks."""
        names = Names(self.brief.film, self.rng)
        text = ""
        for block in filter(None, blocks):
            gap = "<br /><br />" if text and self.chance(self.manner.breaks) else " "
            text += gap + " ".join(self.write(names.fill(sentence)) for sentence in block)
        if "<br" in text:
            self.phenomena.add("breaks")
        text = text.strip()
        return text.lower() if self.manner.lower else text

    def write(self, sentence: str) -> str:
        """Return the sentence as this kind of reviewer types it."""
        if self.chance(self.manner.shouts):
            return sentence.upper()
        if self.manner.slips:
            sentence = drop_articles(sentence, self.manner.slips, self.rng)
        return mistype(sentence, self.mistypes, self.rng)


def put_adjectives(text: str, good: list[str], bad: list[str]) -> str:
    """Return the text with its slots ``<good>`` and ``<bad>`` filled in turn."""
    words = {"good": iter(good), "bad": iter(bad)}

    def fill(slot: re.Match[str]) -> str:
        name = slot.group(1)
        word = next(words[name.lower()])
        return word.upper() if name.isupper() else word.capitalize() if name.istitle() else word

    return re.sub("<(good|bad)>", fill, text, flags=re.IGNORECASE)


def _length(blocks: list[list[str]]) -> int:
    return sum(len(sentence.split()) for block in blocks for sentence in block)
