"""What the bundled sample promises, read from its text (and from its manifest, where the text cannot tell)."""

import csv
import gzip
import lzma
import os
import re
import tarfile
from collections import Counter, defaultdict
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lessons_lib.archive import read_split
from lessons_lib.reviews import Review, load_reviews, train_valid_split
from lessons_lib.tokens import tokenize

ROOT = Path(__file__).parents[1]
DATA = ROOT / "lessons_lib" / "data"
MEMBER = re.compile(r"aclImdb/(train|test)/(neg|pos)/(\d+)_(\d+)\.txt")
LOCAL_ARCHIVE = os.environ.get("LESSONS_IMDB_ARCHIVE")

# xz bytes per byte of real IMDb training text: reviews taken in member order, one negative and one positive in turn,
# joined by line ends, until there is as much as in the sample's training split; xz at Python's default preset.
REAL_XZ_SHARE = 0.315

FUNCTION_WORDS = """
a an the this that these those such some any no none each every either neither both all another other others i me my
mine myself we us our ours you your yours he him his she her hers it its itself they them their theirs one ones who
whom whose which what whatever somebody someone something anybody anyone anything nobody nothing everybody everyone
everything and or but nor so yet for if unless although though because since while whereas until till than as like in
on at by to from of off with without within into onto over under above below between among through during before after
about against around behind beside beyond across along near out up down per be am is are was were been being have has
had having do does did doing done can could will would shall should may might must not never don doesn didn isn wasn
weren aren t s ll re ve d m won couldn wouldn shouldn hasn haven hadn cannot here there where when why how then now
ever just only even too very quite rather also again still already almost always often once more most much many less
least few little enough
"""


@cache
def texts() -> dict[str, str]:
    """The text of every review by its path, in the order of the archive."""
    with tarfile.open(DATA / "sample.tar.gz") as archive:
        return {member.name: archive.extractfile(member).read().decode() for member in archive}


@cache
def manifest() -> dict[str, dict[str, str]]:
    with (DATA / "sample_manifest.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def paths(split: str) -> list[str]:
    return [path for path in texts() if f"/{split}/" in path]


@cache
def tokens(split: str) -> list[list[str]]:
    return [tokenize(review.text) for review in load_reviews(split, data="sample")]


@cache
def everything() -> list[Review]:
    return [review for split in ("train", "test") for review in load_reviews(split, data="sample")]


def twins() -> list[tuple[str, str]]:
    """Pairs of paths, the negative twin first."""
    return [(path, row["twin"]) for path, row in manifest().items() if row["twin"] and "/neg/" in path]


def sentences(text: str) -> list[tuple[str, ...]]:
    return [tuple(tokenize(part)) for part in re.split(r"<br />|[.!?]+(?:\s|$)", text)]


def five_grams(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[n:] for n in range(5)), strict=False))


def xz_share(reviews: list[str]) -> float:
    data = "\n".join(reviews).encode()
    return len(lzma.compress(data)) / len(data)


# the archive


def test_the_archive_has_the_layout_of_the_real_one() -> None:
    parts = [MEMBER.fullmatch(path) for path in texts()]
    assert all(parts)
    order = [(split, label, int(number)) for split, label, number, _ in (part.groups() for part in parts)]
    assert order == sorted(order), "test before train, neg before pos, ids ascending"
    assert Counter((split, label) for split, label, _ in order) == {
        ("train", "neg"): 1500, ("train", "pos"): 1500, ("test", "neg"): 500, ("test", "pos"): 500,
    }  # fmt: skip


def test_ratings_fix_the_labels() -> None:
    ratings = defaultdict(set)
    for path in texts():
        _, label, _, rating = MEMBER.fullmatch(path).groups()
        ratings[label].add(int(rating))
    assert ratings == {"neg": {1, 2, 3, 4}, "pos": {7, 8, 9, 10}}


def test_the_loader_reads_the_same_reviews() -> None:
    for split in ("train", "test"):
        wanted = [Review(path.split("/")[2], text) for path, text in texts().items() if f"/{split}/" in path]
        assert load_reviews(split, data="sample") == wanted


def test_the_material_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from write_sample import write_sample

    write_sample(tmp_path)
    assert (tmp_path / "sample_manifest.csv").read_bytes() == (DATA / "sample_manifest.csv").read_bytes()
    # the tar inside, since another zlib may pack the same bytes differently
    written, kept = (gzip.decompress((folder / "sample.tar.gz").read_bytes()) for folder in (tmp_path, DATA))
    assert written == kept


# the text


def test_the_vocabulary_is_wide() -> None:
    counts = Counter(chain.from_iterable([*tokens("train"), *tokens("test")]))
    once = sum(count == 1 for count in counts.values())
    assert len(counts) >= 6_000
    assert once / len(counts) >= 0.30


def test_test_reviews_hold_words_that_training_reviews_do_not() -> None:
    known = set(chain.from_iterable(tokens("train")))
    running = list(chain.from_iterable(tokens("test")))
    assert 0.02 <= sum(token not in known for token in running) / len(running) <= 0.06


def test_lengths_go_from_20_to_300_words() -> None:
    lengths = [len(review.text.split()) for review in everything()]
    assert min(lengths) >= 20
    assert max(lengths) <= 300
    assert min(lengths) < 30 and max(lengths) > 200
    assert 65 <= np.mean(lengths) <= 90


def test_nothing_of_the_notation_is_left() -> None:
    notation = r"[\[\]{}|]|<(?!br /)"
    slips = r"[,;:][.,;!?]|  | [.,;!?](?!-?\))|\b(?:a a|an an|the the|film film)\b"
    for path, text in texts().items():
        left = re.findall(f"{notation}|{slips}", text)
        assert not left, f"{path}: {left} in {text}"


def test_every_review_is_its_own() -> None:
    assert len(set(texts().values())) == len(texts())


def test_it_is_as_hard_to_compress_as_prose() -> None:
    sample = [review.text for review in load_reviews("train", data="sample")]
    assert xz_share(sample) >= 0.55 * REAL_XZ_SHARE


@pytest.mark.skipif(not LOCAL_ARCHIVE, reason="needs a local copy of IMDb (LESSONS_IMDB_ARCHIVE)")
def test_the_measured_share_of_real_text_is_right() -> None:
    wanted = sum(len(review.text.encode()) + 1 for review in load_reviews("train", data="sample"))
    real = read_split(Path(LOCAL_ARCHIVE), "train")
    taken: list[str] = []
    for text in chain.from_iterable(zip_longest(real["neg"], real["pos"])):
        taken.append(text)
        wanted -= len(text.encode()) + 1
        if wanted <= 0:
            break
    assert xz_share(taken) == pytest.approx(REAL_XZ_SHARE, abs=0.003)


def test_no_sentence_pattern_is_frequent() -> None:
    common = {word for word, _ in Counter(chain.from_iterable([*tokens("train"), *tokens("test")])).most_common(200)}
    found = [sentence for review in everything() for sentence in sentences(review.text) if sentence]
    masked = Counter(
        tuple(word if word in common else "_" for word in sentence) for sentence in found if len(sentence) >= 6
    )
    pattern, times = masked.most_common(1)[0]
    assert times / len(found) <= 0.005, " ".join(pattern)


def test_no_test_review_repeats_a_training_review() -> None:
    places = defaultdict(set)
    for number, (words, path) in enumerate(zip(tokens("train"), paths("train"), strict=True)):
        if not manifest()[path]["twin"]:
            for gram in five_grams(words):
                places[gram].add(number)
    for words, path in zip(tokens("test"), paths("test"), strict=True):
        if not manifest()[path]["twin"]:
            grams = five_grams(words)
            shared = Counter(number for gram in grams for number in places.get(gram, ()))
            assert max(shared.values(), default=0) <= 0.2 * len(grams), path


# what may predict the label, and what may not


def surface(text: str) -> list[float]:
    """Length, breaks, emoticons, punctuation and function words of a review, and nothing of what it says."""
    words = tokenize(text)
    counts = Counter(words)
    marks = [text.count(mark) for mark in (".", ",", "!", "?", ";", ":", "-", "...", '"', "'", "(", "<br />")]
    emoticons = [len(re.findall(pattern, text)) for pattern in (r"[:;=]-?\)", r"[:;=]-?\(", r"[:;=]-?[DPdp]\b")]
    capitals = sum(letter.isupper() for letter in text) / len(text)
    return [np.log(len(words)), capitals, *marks, *emoticons, *(counts[word] for word in FUNCTION_WORDS.split())]


def test_the_surface_does_not_give_the_label_away() -> None:
    features = np.array([surface(review.text) for review in everything()])
    labels = [review.label for review in everything()]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    assert cross_val_score(model, features, labels, cv=5).mean() <= 0.60


def test_twins_have_the_same_words_and_opposite_labels() -> None:
    assert len(twins()) == 150
    for neg, pos in twins():
        assert manifest()[pos]["twin"] == neg
        assert neg.replace("/neg/", "/pos/").split("/")[:3] == pos.split("/")[:3]
        assert texts()[neg] != texts()[pos]
        assert Counter(tokenize(texts()[neg])) == Counter(tokenize(texts()[pos]))


def test_twins_stay_on_one_side_of_the_split() -> None:
    _, valid = train_valid_split(load_reviews("train", data="sample"))
    validation = {review.text for review in valid}
    pairs = [pair for pair in twins() if "/train/" in pair[0]]
    sides = [(texts()[neg] in validation, texts()[pos] in validation) for neg, pos in pairs]
    assert len(pairs) == 110
    assert all(neg == pos for neg, pos in sides)
    assert 10 <= sum(neg for neg, _ in sides) <= 40


def test_a_bag_of_words_is_at_chance_on_the_test_twins() -> None:
    train, pairs = load_reviews("train", data="sample"), [pair for pair in twins() if "/test/" in pair[0]]
    bag = CountVectorizer(analyzer=tokenize)
    model = LogisticRegression(max_iter=1000).fit(
        bag.fit_transform(review.text for review in train), [review.label for review in train]
    )
    correct = [
        model.predict(bag.transform([texts()[path]]))[0] == path.split("/")[2] for pair in pairs for path in pair
    ]
    assert len(pairs) == 40
    assert np.mean(correct) == 0.5


# the manifest


def test_the_manifest_covers_every_review() -> None:
    assert list(manifest()) == list(texts())
    assert all(row["film"] and row["kind"] and row["noise"] in ("yes", "no") for row in manifest().values())
    assert len({row["kind"] for row in manifest().values()}) >= 12


def test_three_percent_of_the_labels_are_noise() -> None:
    noise = Counter(path.split("/")[1] for path, row in manifest().items() if row["noise"] == "yes")
    assert noise["train"] / 3000 == pytest.approx(0.03, abs=0.005)
    assert noise["test"] / 1000 == pytest.approx(0.03, abs=0.005)


def test_films_of_the_test_split_are_partly_new() -> None:
    films = defaultdict(set)
    for path, row in manifest().items():
        films[path.split("/")[1]].add(row["film"])
    assert len(films["train"]) == 90
    assert len(films["test"] - films["train"]) == 30
