"""Recorded results: what repeated runs of one recipe gave, and where a new number falls among them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev

from lessons_lib.files import whole

SHIPPED = Path(__file__).parent / "data" / "records"
HEADLINE_SEEDS = 5


@dataclass(frozen=True)
class Spread:
    """The mean and standard deviation of one figure over several seeds, as parts of 1.

    A ``deterministic`` figure is the same for every seed, and stands alone.
    """

    values: tuple[float, ...]
    deterministic: bool = False

    @property
    def mean(self) -> float:
        return mean(self.values)

    @property
    def sd(self) -> float:
        return stdev(self.values) if len(self.values) > 1 else float("nan")

    @property
    def expected(self) -> tuple[float, float]:
        """Where one more seed is expected: the mean ± 3 standard deviations.

        For five seeds this is the 95 % prediction interval (t = 2.78, times the root of 1 + 1/5).
        """
        return self.mean - 3 * self.sd, min(1.0, self.mean + 3 * self.sd)

    @property
    def one_more(self) -> str:
        """The expected range in words: ``"85.1 to 86.6"``; the same number again, or unknown after a single seed."""
        if self.deterministic:
            return "the same"
        low, high = self.expected
        return f"{100 * low:.1f} to {100 * high:.1f}" if len(self.values) > 1 else "unknown"

    def __str__(self) -> str:
        count = len(self.values)
        if self.deterministic:
            return f"{100 * self.mean:.2f} %"
        if count == 1:
            return f"{100 * self.mean:.2f} % (one seed)"
        few = "" if count >= HEADLINE_SEEDS else f" ({count} seeds)"
        return f"{100 * self.mean:.2f} ± {100 * self.sd:.2f} %{few}"

    def place(self, accuracy: float) -> str:
        """Say where an accuracy falls: ``"85.7 %, inside 85.1 to 86.6"``; one seed gives no range to fall into."""
        if self.deterministic:
            return f"{100 * accuracy:.1f} %, against {100 * self.mean:.1f} recorded"
        if len(self.values) == 1:
            return f"{100 * accuracy:.1f} %, against {100 * self.mean:.1f} of the one seed recorded"
        low, high = self.expected
        where = "inside" if low <= accuracy <= high else "below" if accuracy < low else "above"
        return f"{100 * accuracy:.1f} %, {where} {self.one_more}"


@dataclass(frozen=True)
class Record:
    """One recipe on one tier: its facts, as the file holds them, and the results of its seeds."""

    facts: dict

    @property
    def seeds(self) -> list[dict]:
        """The result of each seed: ``valid_accuracy``, ``test_accuracy`` once scored, ``best_epoch``, ``seconds`` …"""
        return [self.facts["seeds"][seed] for seed in sorted(self.facts["seeds"], key=int)]

    @property
    def headline(self) -> bool:
        """Whether there are seeds enough for a headline number."""
        return self.deterministic or len(self.seeds) >= HEADLINE_SEEDS

    @property
    def deterministic(self) -> bool:
        """Whether no seed changes the result, as with the baselines."""
        return self.facts.get("deterministic", False)

    def spread(self, split: str) -> Spread:
        """Return the spread of the ``"valid"`` or ``"test"`` accuracy; raises ValueError where it was not measured."""
        key = f"{split}_accuracy"
        if not self.seeds or not all(key in result for result in self.seeds):
            raise ValueError(f"the record of {self.facts['data']} {self.facts['model']} holds no {split} accuracy yet")
        return Spread(tuple(result[key] for result in self.seeds), self.deterministic)


def record_file(data: str, model: str, folder: Path = SHIPPED) -> Path:
    """Return the file that holds the record of a model on a tier."""
    return folder / f"{data}_{model}.json"


def save(facts: dict, folder: Path = SHIPPED) -> None:
    """Write the facts of a record to its file, whole or not at all; raises ValueError where it cannot be written."""
    path, text = record_file(facts["data"], facts["model"], folder), json.dumps(facts, indent=1, ensure_ascii=False)
    try:
        with whole(path) as unfinished:
            unfinished.write_text(text + "\n", encoding="utf-8", newline="\n")
    except OSError as problem:
        raise ValueError(
            f"{path} could not be written ({problem}): make room on the disk, or choose another folder"
        ) from problem


def load(data: str, model: str, folder: Path = SHIPPED) -> Record:
    """Return the record of a model on a tier.

    Raises ValueError where there is none, naming those there are, and for a file that holds no record.
    """
    path = record_file(data, model, folder)
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in folder.glob("*.json"))) or "none"
        raise ValueError(f"there is no record {data}_{model} in {folder}; records there: {there}")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise ValueError(f"{path} is damaged ({problem}): copy it anew, or delete it and train again") from problem
    if not isinstance(facts, dict) or not {"data", "model", "seeds"} <= set(facts):
        raise ValueError(f"{path} is no record: it lacks data, model or seeds")
    return Record(facts)


def recorded(data: str, folder: Path = SHIPPED) -> set[str]:
    """Return the names of the models that have a record on a tier."""
    return {path.stem.partition("_")[2] for path in folder.glob(f"{data}_*.json")}


def table(data: str, models: Sequence[str], folder: Path = SHIPPED) -> str:
    """Return a Markdown table of recorded models, one row each.

    Its columns: seeds, validation and test accuracy, where the test accuracy of one more run is expected, parameters,
    and median seconds a seed.
    """
    rows = [
        "| model | seeds | validation | test | one more run | parameters | seconds |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for model in models:
        record = load(data, model, folder)
        test, seconds = record.spread("test"), median(result["seconds"] for result in record.seeds)
        seeds = "any" if record.deterministic else len(record.seeds)
        rows.append(
            f"| {model} | {seeds} | {record.spread('valid')} | {test} | {test.one_more} "
            f"| {record.facts['parameters']['count']:,} | {seconds:.0f} |"
        )
    return "\n".join(rows)
