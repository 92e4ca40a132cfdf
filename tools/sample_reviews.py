"""Plan and write one review of the bundled sample: a film, a kind of reviewer, a verdict, parts in varying order."""

import math
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sample_material import OPPOSITE, Film, Item, Material, expand
from sample_style import EMOTICONS, Names, contract, drop_articles, misspell, mistype, run_on, write_out

SHORTEST, LONGEST = 20, 300  # words
SPREAD = 0.45  # standard deviation of the logarithm of the lengths within a kind of reviewer
OVERSHOOT = 14  # words: the last part goes over the length that was aimed at
TURNS = {1: 0.1, 2: 0.2, 3: 0.5, 4: 0.7, 7: 0.7, 8: 0.5, 9: 0.2, 10: 0.1}  # weight of turns by rating
SUMMING_UP = ("overall", "recommendation", "expectation")  # aspects that sum up
ASPECTS = (
    *("acting_lead", "camera_look", "characters", "dialogue", "direction", "effects_sets", "emotion_tension", "ending"),
    *("ensemble", "humour", "music_sound", "originality", "pacing", "realism", "story"),
)
PLAIN_USES = 7  # how often a plain opening or closing may recur; all the others stand in one review only
RELAXED = {"blogger", "fan", "parent", "rambling", "shouting", "typos", "cynic", "old_timer"}
HEDGES = ("I think ", "I think ", "I guess ", "to be honest, ", "honestly, ", "for me ")
LINKS = ("and ", "and ", "also, ", "plus, ")
HASTE = 0.036  # share of the longer words hit by a slip of the fingers, in a hasty review
QUESTION = re.compile(
    r"(?:who (?:knew|would|could|can|needs|wants|thought)|why (?:do|does|did|is|are|would|should|not)"
    r"|how (?:can|could|do|does|did|many)|what is the use|(?:is|are|was|were|did|does|do|can|could|would|has|have)"
    r"(?! yourself| not| it)) "
)
JOINTS = (" and ", ", and ", ", and ", ", and ", "; ", "; ", "; ", " - ", " - ", "... ", ", ")
COMMON = {
    "about",
    "after",
    "again",
    "before",
    "every",
    "first",
    "never",
    "other",
    "their",
    "there",
    "where",
    "which",
    "while",
}
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
    haste: float = 0.36
    mistypes: float = 0.0
    plain_forms: float = 0.12
    slips: float = 0.0
    lower: bool = False


MANNERS = {
    "academic": Manner(0.07, 68, breaks=0.4, exclaims=0.0, emoticon=0.0, haste=0.04, plain_forms=1.0),
    "blogger": Manner(0.10, 60, breaks=0.6, exclaims=0.12, emoticon=0.15),
    "cynic": Manner(0.09, 50, exclaims=0.02),
    "fan": Manner(0.10, 56, exclaims=0.25, emoticon=0.15),
    "ironic": Manner(0.09, 54, haste=0.1),
    "old_timer": Manner(0.09, 62, breaks=0.4, aside=0.4, haste=0.1, plain_forms=0.3),
    "parent": Manner(0.09, 58, emoticon=0.08, aside=0.5),
    "rambling": Manner(0.09, 118, breaks=0.25, aside=0.6),
    "second_language": Manner(0.08, 50, exclaims=0.1, emoticon=0.1, slips=0.3, haste=0.15, plain_forms=1.0),
    "shouting": Manner(0.06, 44, exclaims=0.6, shouts=0.4),
    "terse": Manner(0.08, 27, breaks=0.05, aside=0.05),
    "typos": Manner(0.06, 50, breaks=0.1, emoticon=0.1, mistypes=0.07, lower=True),
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
        self.mistypes = self.manner.mistypes or (HASTE if self.chance(self.manner.haste) else 0.0)
        self.contracts = not self.chance(self.manner.plain_forms)
        self.taken: list[Item] = []
        self.phenomena: set[str] = set()

    def compose(self) -> str:
        """Return the text of the review: the film itself first, then one aspect after the other."""
        target = max(SHORTEST, self.rng.lognormvariate(math.log(self.manner.median), SPREAD) - OVERSHOOT)
        polarity = self.brief.polarity
        opening = self.said("opening_" + self.rng.choice((polarity, polarity, "even"))) if self.chance(0.5) else []
        closing = self.said("closing_" + polarity) if self.chance(0.35) else []
        aside = self.aside() if self.chance(self.manner.aside) else []
        film = self.story() if target > 20 and self.chance(0.65) else []
        film += self.remark(bool(film))
        aspects = {name: [] for name in self.rng.sample(ASPECTS, 1 + (target > 45) + (target > 120))}
        extra = [line for line in (self.turn, self.reversal, self.neutral) if self.chance(self.share(line))]
        last = [*(sentence for line in extra for sentence in line())]
        while _length([opening, aside, film, *aspects.values(), last, closing]) < target:
            more = self.remark() if self.chance(0.42) else []
            film += more
            if not more:
                name = min(aspects, key=lambda name: len(aspects[name]))
                aspects[name] += self.verdict(name, bool(aspects[name]))
        if not (film or any(aspects.values()) or last):
            last = self.verdict(self.rng.choice(ASPECTS))
        if self.chance(0.3):
            last += self.verdict(self.rng.choice(SUMMING_UP))
        start = [[*opening, *aside], film] if opening else [[*aside, *film]]
        return self.join([*start, *aspects.values(), last, closing])

    def compose_twins(self) -> tuple[str, str]:
        """Return a favourable and an unfavourable review with the same words: the adjectives change places."""
        self.phenomena.add("twin")
        opening = self.said("opening_even") if self.chance(0.4) else []
        lines = [self.line(self.pick(self.material.twins)) for _ in range(self.rng.choice((1, 1, 2, 2, 3)))]
        text = self.join([opening, self.story(), [self.finish(line, lively=False) for line in lines]])
        slots = len(re.findall("<good>", text, re.IGNORECASE))
        words = {polarity: self.rng.sample(self.material.adjectives[polarity], slots) for polarity in OPPOSITE}
        return put_adjectives(text, words["good"], words["bad"]), put_adjectives(text, words["bad"], words["good"])

    def share(self, line: Callable[[], list[str]]) -> float:
        """Return how often a review with this rating has such a line: more where it is near the middle."""
        return TURNS[self.brief.rating] * {"turn": 0.15, "reversal": 0.07, "neutral": 0.1}[line.__name__]

    # the blocks of a review

    def verdict(self, aspect: str, more: bool = False) -> list[str]:
        """Return a clause or two of the review's own polarity on one aspect, or dwell on a point."""
        polarity = self.brief.polarity
        if self.brief.kind in RELAXED and "dwelling" not in self.phenomena and self.chance(0.12):
            item = self.pick(self.material.patterns["dwell_" + polarity], limit=2)
            if item:
                self.phenomena.add("dwelling")
                return [self.line(item)]
        first = self.opinion(aspect, polarity)
        if more and self.chance(0.2):
            return [self.finish(self.rng.choice(LINKS) + first)]
        if len(first.split()) > 14 or not Item(first).plain or self.chance(0.6):
            return [self.finish(self.hedge(first))]
        second = self.opinion(aspect, polarity, plain=True)
        if len(second.split()) > 16:
            return [self.finish(self.hedge(first)), self.finish(second)]
        joint = "; " if ", and " in first else self.rng.choice(JOINTS)
        return [self.finish(first + joint + second)]

    def hedge(self, clause: str) -> str:
        """Return the clause, in a relaxed review now and then behind a few words in the first person."""
        if self.brief.kind in RELAXED and self.chance(0.1) and re.match("(?:the|it|there|nobody|no) [^,;]*$", clause):
            return self.rng.choice(HEDGES) + clause
        return clause

    def remark(self, told: bool = False) -> list[str]:
        """Return a remark on this very film, if one is left, mostly right behind the piece of the plot it is about."""
        lines = self.brief.film.lines[self.brief.polarity]
        item = self.pick([line for line in lines if self.uses[line] < (3 if line.cost == 1 else 1)], own=True)
        if item is None:
            return []
        self.phenomena.add("remark")
        beats = [beat for beat in self._fresh(self.brief.film.lines["beats"], own=True) if _related(beat, item)]
        sentences = []
        if beats and self.chance(0.4 if told else 0.6):
            self.phenomena.add("plot")
            self.taken.append(beats[0])
            sentences = [self.tell(beats[0], "plot_next" if told else "plot_scene")]
        return [*sentences, self.finish(self.line(item))]

    def turn(self) -> list[str]:
        """Return a sentence of two opinions, of which the one that agrees with the verdict prevails."""
        kind = self.rng.choice(("concession", "contrast", "reported", "turn"))
        self.phenomena.add(kind)
        pattern = self.line(self.pick(self.material.patterns[kind]))
        aspect = self.rng.choice(ASPECTS)
        minor = self.opinion(aspect, OPPOSITE[self.brief.polarity], plain=True, minor=True)
        major = self.opinion("overall", self.brief.polarity, plain=True)
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
        asides = self.rng.choice((self.voice, self.material.patterns))["aside"]
        item = self.pick(asides, limit=1, own=True)
        if item is None:
            return []
        self.phenomena.add("aside")
        return [self.smile(self.line(item))]

    def story(self) -> list[str]:
        """Return one or two sentences on the story, in its order, often behind one on the film or its cast."""
        self.phenomena.add("plot")
        lines = self.brief.film.lines["beats"]
        picked = [self.pick(lines, own=True) for _ in range(self.rng.choice((1, 1, 1, 2, 2)))]
        sentences = self.rng.choice((self.cast, self.cast, self.cast, self.fact))() if self.chance(0.5) else []
        for number, beat in enumerate(sorted(filter(None, picked), key=lines.index)):
            sentences.append(self.tell(beat, "plot_next" if number else "plot_first"))
        return sentences

    def tell(self, beat: Item, frames: str) -> str:
        """Return a piece of the plot as a sentence, mostly as it is."""
        told = self.line(beat)
        frame = None if STATE.search(told) or self.chance(0.7) else self.pick(self.material.patterns[frames])
        if frame:
            told = self.line(frame).replace("<beat>", told)
        return self.finish(told, lively=False)

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
        """Return an opening or a closing: a fresh one in the voice of the kind, or a plain one."""
        own = self.pick(self.voice[section], limit=1)
        plain = None if own and self.chance(0.7) else self.pick(self.material.patterns[section], limit=PLAIN_USES)
        if plain:
            self.taken = [item for item in self.taken if item is not own]
        item = plain or own
        if item is None:
            return []
        sentence = self.line(item)
        return [sentence if sentence[-1] in '!?)".' or self.chance(0.3) else self.finish(sentence)]

    def opinion(self, aspect: str, polarity: str, plain: bool = False, minor: bool = False) -> str:
        """Return a clause of opinion on an aspect.

        ``plain`` ones can stand inside a longer sentence, ``minor`` ones beside the opposite verdict.
        """
        return self.line(self.pick(self._fitting(self.material.clauses[polarity][aspect], plain, minor)))

    # taking from the material

    def pick(self, pool: list[Item], limit: int = 1000, own: bool = False) -> Item | None:
        """Take one of the least used items of a pool that this split may use; what is ``own`` stays in its split."""
        fresh = self._fresh(pool, limit, own)
        if not fresh:
            return None
        least = min(self.uses[item] * item.cost for item in fresh)
        item = self.rng.choice([item for item in fresh if self.uses[item] * item.cost == least])
        self.taken.append(item)
        return item

    def _fresh(self, pool: list[Item], limit: int = 1000, own: bool = False) -> list[Item]:
        return [item for item in self._open(pool, own) if item not in self.taken and self.uses[item] < limit]

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
        text = run_on(text.strip(), self.rng) if self.mistypes else text.strip()
        return text.lower() if self.manner.lower else text

    def write(self, sentence: str) -> str:
        """Return the sentence as this kind of reviewer types it."""
        if self.brief.kind != "second_language":
            sentence = contract(sentence) if self.contracts else write_out(sentence)
        if self.mistypes:
            sentence = misspell(sentence, self.rng)
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


def _related(beat: Item, remark: Item) -> bool:
    """Return whether a piece of the plot and a remark speak of the same things."""
    told, said = (set(re.findall(r"\b[a-z]{5,}", item.text)) for item in (beat, remark))
    return len(told & said - COMMON) > 0


def _length(blocks: list[list[str]]) -> int:
    return sum(len(sentence.split()) for block in blocks for sentence in block)
