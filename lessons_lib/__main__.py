"""The command line: ``python -m lessons_lib lab``, ``fetch``, ``train``, ``score``, ``predict``."""

import argparse
import sys
from pathlib import Path

from lessons_lib import archive, checkpoints, lab, models, records, reviews, runs, training

RUNS = Path("runs")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; what the user can mend is told in one line, without a traceback."""
    try:
        options = _parser().parse_args(arguments)
        return options.run(options) or 0
    except (archive.ArchiveError, checkpoints.CheckpointError, ValueError) as problem:
        print(f"lessons_lib: {problem}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lessons_lib", description="The course on recurrent networks for text."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("lab", help="copy the lessons to work/ and open JupyterLab there")
    command.add_argument(
        "--restore", metavar="NN", help="only put a fresh copy of one lesson in place; yours is kept beside it"
    )
    command.set_defaults(run=_lab)

    command = commands.add_parser("fetch", help="download the IMDb archive (84 MB) once, and check it")
    command.set_defaults(run=_fetch)

    command = commands.add_parser("train", help="train a model for several seeds and record the validation accuracy")
    _add_recipe(command)
    command.add_argument("--seeds", type=_positive, default=1, metavar="N", help="train with seeds 1 to N (default 1)")
    command.set_defaults(run=_train)

    command = commands.add_parser("score", help="measure trained models on the test split, once")
    _add_recipe(command)
    command.set_defaults(run=_score)

    command = commands.add_parser("predict", help="judge a review with a trained model")
    command.add_argument("text", help="the review")
    _add_recipe(command)
    command.set_defaults(run=_predict)
    return parser


def _add_recipe(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", choices=reviews.TIERS, default=reviews.tier(), help="which reviews (default: %(default)s)"
    )
    command.add_argument(
        "--model", choices=list(models.MODELS), default="lstm", help="which model (default: %(default)s)"
    )
    command.add_argument(
        "--runs", type=Path, default=RUNS, metavar="FOLDER", help="where runs are kept (default: %(default)s)"
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _lab(options: argparse.Namespace) -> int:
    folder = lab.work_folder()
    if options.restore:
        fresh, kept = lab.restore(options.restore, folder)
        print(f"{fresh} is fresh" + (f"; your own copy is now {kept.name}" if kept else ""))
        return 0
    lab.copy_lessons(folder)
    return lab.open_lab(folder)


def _fetch(_: argparse.Namespace) -> None:
    path = archive.fetch()
    counts = {split: len(reviews.load_reviews(split, "imdb")) for split in reviews.SPLITS}
    print(f"{path}: {counts['train']:,} training and {counts['test']:,} test reviews")


def _train(options: argparse.Namespace) -> None:
    record = runs.train(options.data, options.model, options.seeds, options.runs)
    print(f"validation accuracy over {len(record.seeds)} seeds: {record.spread('valid')}")


def _score(options: argparse.Namespace) -> None:
    record = runs.score(options.data, options.model, options.runs)
    print(f"test accuracy over {len(record.seeds)} seeds: {record.spread('test')}")
    try:
        recorded = records.load(options.data, options.model)
    except ValueError:
        return
    for number, result in enumerate(record.seeds, 1):
        print(f"  seed {number}: {recorded.spread('test').place(result['test_accuracy'])} (recorded by the course)")


def _predict(options: argparse.Namespace) -> None:
    model, vocab = checkpoints.load(runs.model_file(options.runs, options.data, options.model))
    [probability] = training.predict(model, [options.text], vocab).tolist()
    print(f"{'positive' if probability >= 0.5 else 'negative'}: P(positive) = {probability:.3f}")


if __name__ == "__main__":
    sys.exit(main())
