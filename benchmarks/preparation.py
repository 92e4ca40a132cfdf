"""How long IMDb takes from the archive to encoded splits and from the cache, and the memory that an epoch takes.

    LESSONS_IMDB_ARCHIVE=… python -m benchmarks.preparation [--model lstm]

Each step runs in a process of its own, with a new cache folder; the peak is that process's resident memory. Linux and
macOS only, where the system tells it.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from time import perf_counter

from lessons_lib import prepared, runs, training
from lessons_lib.batches import bucketed_loader
from lessons_lib.models import build

UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
PREPARE, TRAIN = "prepare", "train"


def step(name: str, model_name: str) -> None:
    """Do one step in this process, and print what it took."""
    start = perf_counter()
    train, valid, vocab, _ = prepared.training("imdb")
    if name == PREPARE:
        prepared.test("imdb", vocab)
    else:
        model = build(model_name, len(vocab))
        train_loader = bucketed_loader(train, 32, shuffle=True)
        training.fit(model, train_loader, bucketed_loader(valid, runs.EVALUATION_BATCH_SIZE), epochs=1, progress=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / 2**30
    print(f"{perf_counter() - start:6.1f} s, peak {peak:.2f} GiB", flush=True)


def main() -> None:
    """Prepare, read the cache, train for an epoch: one process each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="lstm")
    parser.add_argument("--step", choices=(PREPARE, TRAIN), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step(options.step, options.model)
        return
    with tempfile.TemporaryDirectory() as cache:
        for title, name in [("first", PREPARE), ("from the cache", PREPARE), (f"an epoch, {options.model}", TRAIN)]:
            print(f"{title:20}", end="", flush=True)
            command = [sys.executable, "-m", "benchmarks.preparation", "--model", options.model, "--step", name]
            subprocess.run(command, env={**os.environ, "LESSONS_CACHE": cache}, check=True)


if __name__ == "__main__":
    main()
