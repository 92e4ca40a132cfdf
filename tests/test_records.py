"""Records: the arithmetic of a spread, honest words about few seeds, and shipped records that are whole."""

import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest

from lessons_lib import models, records, runs
from lessons_lib.records import HEADLINE_SEEDS, SHIPPED, Record, Spread, load, table
from lessons_lib.reviews import SPLITS, data_hash

FIVE = Spread((0.85, 0.86, 0.87, 0.86, 0.86))
SHIPPED_FILES = sorted(SHIPPED.glob("*.json"))
USED_BY_LESSONS = {"sample_lstm", "sample_bilstm", "imdb_lstm", "imdb_bilstm", "imdb_nbsvm", "imdb_bilstm_unlabelled"}


def record_of(*test_accuracies: float | None) -> dict:
    seeds = {}
    for seed, accuracy in enumerate(test_accuracies, 1):
        seeds[str(seed)] = {"valid_accuracy": 0.9, "best_epoch": 2, "seconds": 10.0 * seed}
        if accuracy is not None:
            seeds[str(seed)]["test_accuracy"] = accuracy
    return {"data": "sample", "model": "lstm", "seeds": seeds, "parameters": {"count": 12345}}


def write(folder: Path, facts: object) -> Path:
    (folder / "sample_lstm.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


# Spread


def test_a_spread_is_the_mean_and_the_sample_standard_deviation() -> None:
    assert FIVE.mean == pytest.approx(0.86)
    assert FIVE.sd == pytest.approx(math.sqrt(2 * 0.01**2 / 4))


def test_five_seeds_are_written_as_mean_and_deviation() -> None:
    assert str(FIVE) == "86.00 ± 0.71 %"


@pytest.mark.parametrize(
    ("values", "text"), [((0.86,), "86.00 % (one seed)"), ((0.85, 0.87), "86.00 ± 1.41 % (2 seeds)")]
)
def test_fewer_seeds_are_said(values: tuple[float, ...], text: str) -> None:
    assert str(Spread(values)) == text


@pytest.mark.parametrize(
    ("accuracy", "text"),
    [
        (0.857, "85.7 %, inside 83.9 to 88.1"),
        (0.83, "83.0 %, below 83.9 to 88.1"),
        (0.9, "90.0 %, above 83.9 to 88.1"),
    ],
)
def test_an_accuracy_has_its_place(accuracy: float, text: str) -> None:
    assert FIVE.place(accuracy) == text


def test_one_seed_is_no_range_to_fall_into() -> None:
    assert Spread((0.86,)).place(0.857) == "85.7 %, against 86.0 of the one seed recorded"


def test_no_accuracy_above_100_percent_is_expected() -> None:
    assert Spread((0.99, 1.0, 0.98)).expected[1] == 1.0


# Records


def test_seeds_come_in_the_order_of_their_numbers() -> None:
    facts = record_of(*(number / 100 for number in range(11)))
    facts["seeds"] = dict(sorted(facts["seeds"].items()))  # "1", "10", "11", "2"
    assert [result["test_accuracy"] for result in Record(facts).seeds] == [number / 100 for number in range(11)]


@pytest.mark.parametrize("count", [HEADLINE_SEEDS - 1, HEADLINE_SEEDS])
def test_a_headline_needs_five_seeds(count: int) -> None:
    assert Record(record_of(*[0.8] * count)).headline == (count == HEADLINE_SEEDS)


def test_a_split_that_was_not_measured_for_every_seed_has_no_spread() -> None:
    record = Record(record_of(0.8, None))
    assert record.spread("valid").values == (0.9, 0.9)
    with pytest.raises(ValueError, match="the record of sample lstm holds no test accuracy yet"):
        record.spread("test")


def test_a_record_without_seeds_has_no_spread() -> None:
    with pytest.raises(ValueError, match="no valid accuracy"):
        Record(record_of()).spread("valid")


def test_a_record_is_loaded_from_its_folder(tmp_path: Path) -> None:
    assert load("sample", "lstm", write(tmp_path, record_of(0.8))).spread("test").values == (0.8,)


def test_a_missing_record_names_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, record_of(0.8))
    with pytest.raises(ValueError, match=r"there is no record imdb_gru in .*; records there: sample_lstm"):
        load("imdb", "gru", tmp_path)


def test_the_recorded_models_of_a_tier_are_named(tmp_path: Path) -> None:
    write(tmp_path, record_of(0.8))
    assert (records.recorded("sample", tmp_path), records.recorded("imdb", tmp_path)) == ({"lstm"}, set())


def test_a_record_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in place of the folder", encoding="utf-8")
    with pytest.raises(ValueError, match=r"sample_lstm\.json could not be written .*: make room on the disk"):
        records.save({"data": "sample", "model": "lstm", "seeds": {}}, tmp_path / "runs")


def test_a_missing_folder_holds_no_record(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="records there: none"):
        load("sample", "lstm", tmp_path / "nowhere")


def test_a_damaged_record_says_so(tmp_path: Path) -> None:
    (tmp_path / "sample_lstm.json").write_text('{"data": "sam', encoding="utf-8")
    with pytest.raises(ValueError, match=r"sample_lstm\.json is damaged"):
        load("sample", "lstm", tmp_path)


@pytest.mark.parametrize("facts", [[], "text", {"data": "sample", "model": "lstm"}])
def test_other_json_is_no_record(tmp_path: Path, facts: object) -> None:
    with pytest.raises(ValueError, match="is no record"):
        load("sample", "lstm", write(tmp_path, facts))


def test_the_table_has_one_row_a_model(tmp_path: Path) -> None:
    rows = table("sample", ["lstm"], write(tmp_path, record_of(0.79, 0.8, 0.8, 0.8, 0.81))).splitlines()
    assert len({row.count("|") for row in rows}) == 1
    assert rows[2:] == ["| lstm | 5 | 90.00 ± 0.00 % | 80.00 ± 0.71 % | 77.9 to 82.1 | 12,345 | 30 |"]


def test_a_deterministic_record_stands_alone(tmp_path: Path) -> None:
    facts = record_of(0.8) | {"deterministic": True}
    rows = table("sample", ["lstm"], write(tmp_path, facts)).splitlines()
    assert rows[2:] == ["| lstm | any | 90.00 % | 80.00 % | the same | 12,345 | 10 |"]
    assert Record(facts).headline
    assert Record(facts).spread("test").place(0.81) == "81.0 %, against 80.0 recorded"


def test_one_seed_has_no_range_for_one_more(tmp_path: Path) -> None:
    assert "| unknown |" in table("sample", ["lstm"], write(tmp_path, record_of(0.8)))


# The shipped records


@pytest.fixture(params=SHIPPED_FILES, ids=[path.stem for path in SHIPPED_FILES])
def shipped(request: pytest.FixtureRequest) -> Record:
    data, _, model = request.param.stem.partition("_")
    record = load(data, model)
    assert (record.facts["data"], record.facts["model"]) == (data, model)
    return record


def test_the_lessons_find_their_records() -> None:
    assert {path.stem for path in SHIPPED_FILES} >= USED_BY_LESSONS


def test_a_shipped_record_can_stand_in_a_headline(shipped: Record) -> None:
    assert shipped.headline
    assert list(shipped.facts["seeds"]) == [str(seed) for seed in range(1, len(shipped.seeds) + 1)]
    for split in ("valid", "test"):
        assert all(0.45 < accuracy <= 1 for accuracy in shipped.spread(split).values)


def test_a_shipped_record_says_how_it_was_made(shipped: Record) -> None:
    facts = shipped.facts
    assert {"command", "parameters", "versions", "vocabulary", "machine", "device", "data_sha256"} <= set(facts)
    assert f"--data {facts['data']} --model {facts['model']} --seeds {len(shipped.seeds)}" in facts["command"]
    assert set(facts["data_sha256"]) == set(SPLITS)


def test_a_shipped_record_was_made_by_the_recipe_of_now(shipped: Record) -> None:
    data, name, recorded = (shipped.facts[key] for key in ("data", "model", "parameters"))
    now = {} if shipped.deterministic else models.MODELS[name] | asdict(runs.recipe(data, name))
    assert {key: recorded.get(key, now[key]) for key in now} == now
    if not shipped.deterministic:
        assert {len(result["valid_accuracies"]) for result in shipped.seeds} == {recorded["epochs"]}


def test_a_shipped_record_keeps_the_first_best_epoch(shipped: Record) -> None:
    for result in [] if shipped.deterministic else shipped.seeds:
        accuracies = result["valid_accuracies"]
        assert result["valid_accuracy"] == max(accuracies)
        assert result["best_epoch"] == accuracies.index(max(accuracies))


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("model", ["lstm", "bilstm"])
def test_the_sample_records_were_made_from_the_bundled_sample(model: str, split: str) -> None:
    assert records.load("sample", model).facts["data_sha256"][split] == data_hash(split, "sample")
