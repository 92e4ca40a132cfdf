"""Any text, any place: strange reviews in every step, odd folders and locales, a home that cannot be written."""

import importlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import matplotlib
import pytest
import torch
from hypothesis import given, settings, strategies as st
from matplotlib import pyplot as plt

from lessons_lib import batches, plots, training, vocabulary
from lessons_lib.models import ReviewClassifier
from lessons_lib.reviews import Review
from lessons_lib.tokens import tokenize
from tools.notebooks import NOTEBOOKS, run

ROOT = Path(__file__).parent.parent
NOBODY = 65534
VOCAB = vocabulary.build({"good": 3, "bad": 2, "film": 1})
ANY_TEXT = st.text(st.characters())  # surrogates too
ANY_TEXT |= st.text(alphabet="aB :;=-()DP<>/br'.!1\0\x1b\ud800\N{GRINNING FACE}\N{HEBREW LETTER ALEF}$\\_")

# A megabyte of each, and how many tokens it is. A rule that looks again and again for what is not there takes hours.
MEGABYTES = {
    "open tags": ("<" * 1_000_000, 0),
    "open tags with names": ("<br " * 250_000, 250_000),
    "open tags behind a closed one": ("<b>" + "<a" * 500_000, 500_000),
    "closed tags": ("<br />" * 160_000, 0),
    "tags inside out": ("><" * 500_000, 0),
    "eyes": (":" * 1_000_000, 0),
    "eyes and noses": (":-" * 500_000, 0),
    "emoticons": (":-) " * 250_000, 250_000),
    "emoji": ("\N{GRINNING FACE}" * 250_000, 0),
    "control characters": ("\0\x1b" * 500_000, 0),
    "one long word": ("a" * 1_000_000, 1),
    "short words": ("a " * 500_000, 500_000),
    "letters that grow in lower case": ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}" * 500_000, 500_000),
}
WORDS = ["$", "$$", "$\\frac$", "$a_b$", "\\", "_", "_hidden", "%s {}", "", "\0", "\ud800", "a\nb", "\x1b[31m"]
WORDS += ["\N{HANGUL SYLLABLE HAN}", "\N{GRINNING FACE}", "\N{SLOTH}", "\N{HEBREW LETTER ALEF}bc", "\u202eabc"]
WORDS += ["a" * 10_000]


@pytest.fixture(scope="module")
def model() -> ReviewClassifier:
    torch.manual_seed(0)
    return ReviewClassifier(len(VOCAB), embed_dim=4, hidden_size=8, fc_size=8)


# Text


@pytest.mark.parametrize(("text", "count"), MEGABYTES.values(), ids=MEGABYTES)
def test_a_megabyte_of_anything_is_tokenized_and_encoded(text: str, count: int) -> None:
    assert len(tokenize(text)) == count
    assert batches.encode_text(text, VOCAB).shape == (max(1, count),)


def test_a_megabyte_is_predicted(model: ReviewClassifier) -> None:
    [probability] = training.predict(model, ["good film " * 100_000], VOCAB).tolist()
    assert 0 < probability < 1


@settings(max_examples=50)
@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_any_text_is_encoded_and_predicted(model: ReviewClassifier, texts: list[str]) -> None:
    unknown = training.predict(model, [""], VOCAB)
    for text, answer in zip(texts, training.predict(model, texts, VOCAB), strict=True):
        assert 0 < answer < 1
        if not tokenize(text):
            torch.testing.assert_close(answer, unknown[0])


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_any_text_makes_a_vocabulary_that_can_be_kept(texts: list[str]) -> None:
    table = vocabulary.build(vocabulary.count_tokens(texts))
    assert vocabulary.unpack(vocabulary.pack(table)).get_itos() == table.get_itos()
    for example in batches.encode([Review("pos", text) for text in texts], table):
        assert table.lookup_tokens(example.tokens.tolist()) == (tokenize(texts.pop(0)) or [vocabulary.UNK])


def test_any_word_is_drawn_as_it_stands_without_a_warning() -> None:
    matplotlib.use("agg")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        importlib.reload(plots)
        axes = plots.vector_paths(torch.rand(3, len(WORDS), 2), WORDS, [1.0, 0.5], {})
        ax = plots.word_effects(torch.rand(len(WORDS)), torch.rand(len(WORDS)), WORDS, WORDS)
        for shown in (axes[0].texts, ax.texts):
            for word, label in zip(WORDS, shown, strict=True):
                assert not label.get_parse_math()
                assert label.get_text() == word or not word.isprintable() or len(word) > 30
        for number in plt.get_fignums():
            plt.figure(number).savefig(io.BytesIO())
            plt.close(number)


# Cells


def test_a_lesson_runs_twice_in_one_kernel() -> None:
    """One stands for all here: ``python -m tools.notebooks run --data sample --twice`` runs them all."""
    assert run(list(NOTEBOOKS.glob("02_*.ipynb")), "sample", store=False, twice=True)


# Places


# A stand-in for Jupyter: it says what it was called with.
JUPYTER = "import os, sys\nprint(ascii(sys.argv[1:]))\nprint('home', os.environ.get('HOME'))\n"
LAB = """
import os, sys
from lessons_lib import lab
{first}
try:
    lab.copy_lessons(lab.work_folder())
    lab.open_lab(lab.work_folder())
except ValueError as problem:
    print("refused:", problem)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A course in a folder with a space and Korean letters, with a stand-in for Jupyter."""
    root = tmp_path / "한글 폴더" / "lessons"
    (root / "lessons_lib").mkdir(parents=True)
    for name in ("__init__", "lab", "files"):
        shutil.copy(ROOT / "lessons_lib" / f"{name}.py", root / "lessons_lib")
    shutil.copytree(NOTEBOOKS, root / "notebooks")
    (root / "jupyter.py").write_text(JUPYTER, encoding="utf-8")
    return root


def open_lab(root: Path, first: str = "", **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(root), **variables}
    command = [sys.executable, "-c", LAB.format(first=first)]
    answer = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locales that Korean and Turkish machines had before UTF-8; Windows has them still."""
    if not shutil.which("localedef"):
        pytest.skip("there is no localedef here to make another locale with")
    folder = tmp_path_factory.mktemp("locales")
    for name, charset in (("ko_KR", "CP949"), ("tr_TR", "ISO-8859-9")):
        made = subprocess.run(["localedef", "-i", name, "-f", charset, folder / f"{name}.{charset}"], check=False)
        if not (folder / f"{name}.{charset}").exists():
            pytest.skip(f"localedef cannot make {name}.{charset} here: it ended with {made.returncode}")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the locales of Windows cannot be chosen by variables")
@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "ko_KR.CP949", "tr_TR.ISO-8859-9"])
def test_lab_works_in_a_folder_with_korean_letters_in_any_locale(checkout: Path, locales: Path, locale: str) -> None:
    variables = {"LC_ALL": locale, "LOCPATH": str(locales), "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    shown = open_lab(checkout, **variables)
    assert "'lab', " in shown and "/lessons/work'" in shown
    copies = {file.name: file.read_bytes() for file in (checkout / "work").iterdir()}
    assert copies == {file.name: file.read_bytes() for file in (checkout / "notebooks").glob("*.ipynb")}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows names the home folder in another way")
def test_lab_moves_the_home_that_cannot_be_written(checkout: Path) -> None:
    shown = open_lab(checkout, HOME="/nonexistent")
    assert "The home folder /nonexistent cannot be written" in shown
    assert f"home {checkout / 'work'}" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps permissions in another way")
@pytest.mark.parametrize("locked", ["the checkout", "the learner's copies"])
def test_a_checkout_that_cannot_be_written_says_what_to_do(checkout: Path, locked: str) -> None:
    if locked == "the learner's copies":
        shutil.copytree(checkout / "notebooks", checkout / "work")
        (checkout / "work").chmod(0o555)
    with tempfile.TemporaryDirectory() as folder:  # other users may not enter the folders of the tests
        os.chmod(folder, 0o755)
        root = Path(shutil.move(checkout, folder))
        root.chmod(0o555)
        as_nobody = f"os.setuid({NOBODY})" if os.geteuid() == 0 else ""  # root may write everywhere
        shown = open_lab(root, first=as_nobody, PYTHONDONTWRITEBYTECODE="1")
        root.chmod(0o755)
    assert f"refused: {root / 'work'} cannot be written ([Errno 13] Permission denied" in shown
    assert "clone the course into a folder of your own" in shown


LIBRARY = """
import hashlib, pathlib, sys
from lessons_lib import archive, batches, checkpoints, models, records, reviews, runs, training, vocabulary
pool = reviews.load_reviews("train")
vocab = vocabulary.build(vocabulary.count_tokens(review.text for review in pool))
path = pathlib.Path(sys.argv[1]) / "model.safetensors"
checkpoints.save(path, models.build("rnn", len(vocab)), vocab)
same = checkpoints.load(path)[1].get_itos() == vocab.get_itos()
tokens = "\\n".join([*vocab.get_itos(), *vocabulary.imdb_counts()])
print(same, hashlib.sha256(tokens.encode("utf-8")).hexdigest(), reviews.data_hash("train", "sample"))
"""


def use_library(folder: Path, **variables: str) -> str:
    command = [sys.executable, "-c", LIBRARY, str(folder)]
    answer = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the locales of Windows cannot be chosen by variables")
def test_the_library_reads_and_writes_the_same_in_another_locale_and_without_a_home(
    tmp_path: Path, locales: Path
) -> None:
    expected = use_library(tmp_path)
    assert expected.startswith("True ")
    variables = {"LC_ALL": "ko_KR.CP949", "LOCPATH": str(locales), "PYTHONUTF8": "0", "HOME": "/nonexistent"}
    assert use_library(tmp_path, **variables) == expected
