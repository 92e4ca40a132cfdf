"""The README shows what the records say."""

from lessons_lib import records
from tools.results import README, with_tables


def test_the_tables_of_the_readme_are_those_of_the_records() -> None:
    text = README.read_text(encoding="utf-8")
    assert with_tables(text) == text, "run: python -m tools.results"


def test_the_readme_has_a_row_for_every_record_on_imdb() -> None:
    text = README.read_text(encoding="utf-8")
    names = records.recorded("imdb")
    assert names
    assert all(f"| {name} |" in text for name in names)
