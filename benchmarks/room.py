"""How much memory and time a room needs: N kernels run one lesson at once, as learners on one machine would.

    python -m benchmarks.room 1 2 4 [--lesson 07]

For each N it prints the peak memory of a kernel, counted with and without what kernels share (the libraries), and the
seconds that the slowest one took. A learner's JupyterLab is not in it.
"""

import argparse
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from time import perf_counter

import psutil

from tools.notebooks import execute, read, select

MB = 10**6
PAUSE = 0.25  # seconds between two looks at the memory


def memory(process: psutil.Process) -> tuple[int, int]:
    """Return the bytes that a process and its children hold, without and with what they share with others."""
    own = shared = 0
    for member in [process, *process.children(recursive=True)]:
        facts = member.memory_full_info()
        own, shared = own + facts.uss, shared + facts.rss
    return own, shared


def peaks(runs: Iterable[Callable[[], None]]) -> tuple[int, int, float]:
    """Run functions that start kernels at once; return the largest :func:`memory` of a kernel, and the seconds."""
    own = shared = 0
    start = perf_counter()
    with ThreadPoolExecutor(max_workers=64) as pool:
        waiting = [pool.submit(run) for run in runs]
        while wait(waiting, timeout=PAUSE).not_done:
            for kernel in psutil.Process().children():
                try:
                    now = memory(kernel)
                except psutil.Error:  # it has just ended
                    continue
                own, shared = max(own, now[0]), max(shared, now[1])
        seconds = perf_counter() - start
    for run in waiting:
        run.result()
    return own, shared, seconds


def main() -> None:
    """Measure for each number of learners and print a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("learners", type=int, nargs="+", metavar="N", help="how many kernels run at once")
    parser.add_argument("--lesson", default="07", metavar="NN")
    options = parser.parse_args()
    [path] = select([options.lesson])
    cores, total = psutil.cpu_count(), psutil.virtual_memory().total
    print(f"{path.stem}; {cores} cores, {total / 10**9:.0f} GB, load {os.getloadavg()[0]:.1f} before the start")
    print(f"{'learners':>8} {'own MB':>8} {'with shared MB':>15} {'seconds':>8}")
    for learners in options.learners:
        lessons = [read(path) for _ in range(learners)]
        own, shared, seconds = peaks([lambda lesson=lesson: execute(lesson, "sample") for lesson in lessons])
        print(f"{learners:8} {own / MB:8.0f} {shared / MB:15.0f} {seconds:8.0f}", flush=True)


if __name__ == "__main__":
    main()
