"""The command line: ``python -m lessons_lib lab``, ``doctor``, ``fetch``, ``train``, ``score``, ``predict``."""

import argparse
import sys
from pathlib import Path

from lessons_lib import doctor

try:
    from lessons_lib import archive, checkpoints, distributed, lab, records, reviews, runs, training
except Exception as problem:  # a package is missing or broken: say which, whatever the command was
    print(f"lessons_lib: {type(problem).__name__}: {problem}", file=sys.stderr)
    sys.exit(doctor.report() or 1)

RUNS = Path("runs")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status; what the user can mend is told in one line, without a traceback."""
    try:
        options = _parser().parse_args(arguments)
        status = options.run(options) or 0
        print(end="", flush=True)
        return status
    except BrokenPipeError:  # nobody reads on, as after `| head -1`
        sys.stdout = None
        return 1
    except KeyboardInterrupt:
        print("lessons_lib: stopped; a training goes on after its last finished epoch", file=sys.stderr)
        return 130
    except (archive.ArchiveError, checkpoints.CheckpointError, ValueError, OSError) as problem:
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

    command = commands.add_parser("doctor", help="see whether this machine is ready, and what to do where it is not")
    command.set_defaults(run=lambda options: doctor.report())

    command = commands.add_parser("fetch", help="download the IMDb archive (84 MB) once, and check it")
    command.set_defaults(run=_fetch)

    command = commands.add_parser("train", help="train a model for several seeds and record the validation accuracy")
    _add_recipe(command)
    command.add_argument("--seeds", type=_positive, default=1, metavar="N", help="train with seeds 1 to N (default 1)")
    command.set_defaults(run=_train)

    command = commands.add_parser("score", help="measure trained models on the test split, once")
    _add_recipe(command)
    command.set_defaults(run=_score)

    command = commands.add_parser("predict", help="judge a review with the strong model that comes with the course")
    command.add_argument("text", help="the review")
    command.add_argument("--checkpoint", type=Path, metavar="FILE", help="a model that you trained, instead")
    command.set_defaults(run=_predict)
    return parser


def _add_recipe(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", choices=reviews.TIERS, default=reviews.tier(), help="which reviews (default: %(default)s)"
    )
    command.add_argument(
        "--model", choices=runs.NAMES, default="lstm", metavar="NAME", help=f"which model: {', '.join(runs.NAMES)}"
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
    if options.restore is not None:
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
    distributed.join()
    record = runs.train(options.data, options.model, options.seeds, options.runs)
    if distributed.is_first():
        print(f"validation accuracy: {record.spread('valid')}")
    distributed.leave()


def _score(options: argparse.Namespace) -> None:
    record = runs.score(options.data, options.model, options.runs)
    print(f"test accuracy: {record.spread('test')}")
    try:
        recorded = records.load(options.data, options.model)
    except ValueError:
        return
    for number, result in enumerate(record.seeds, 1):
        print(f"  seed {number}: {recorded.spread('test').place(result['test_accuracy'])} (recorded by the course)")


def _predict(options: argparse.Namespace) -> None:
    file = options.checkpoint
    model, vocab = checkpoints.load(file) if file else checkpoints.load_shipped("bilstm_unlabelled")
    [probability] = training.predict(model, [options.text], vocab).tolist()
    print(f"{'positive' if probability >= 0.5 else 'negative'}: P(positive) = {probability:.3f}")


if __name__ == "__main__":
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")  # the screen of Windows lacks some signs
    sys.exit(main())
