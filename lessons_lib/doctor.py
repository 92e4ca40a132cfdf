"""The doctor: is this machine ready for the lessons, and how long would the full IMDb run take on it?

It names what is missing or broken, torch included; so nothing but the standard library is imported at the top.
"""

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

PYTHONS = ((3, 11), (3, 14))  # from the first on, below the second
MB, GB = 10**6, 10**9
LEAST_DISK, IMDB_DISK = 50 * MB, 500 * MB  # the archive and what is made from it take 140 MB
IMDB_MEMORY = 2 * GB
LENGTHS = (72, 119, 139, 163, 196, 250, 344, 612)  # of IMDb's training reviews in tokens, the mean of each eighth
EPOCHS, TRAINING, VALIDATION, BATCH = 10, 20_000, 5_000, 32


class Finding(NamedTuple):
    """What a check found: a level, ``"ok"``, ``"warn"`` or ``"fail"``, a subject, and a text that says what to do.

    A warning is about what some lessons or the full IMDb would need, a failure about what is broken.
    """

    level: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{f'[{self.level}]':<6} {self.subject}: {self.text}"


def report() -> int:
    """Print what :func:`check` and :func:`estimate` find, and return the exit status: 1 where something failed."""
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a letter of a path shows the letter's code
        sys.stdout.reconfigure(errors="backslashreplace")
    failed = False
    for subject, look in [*CHECKS.items(), ("full IMDb run", lambda: [("ok", estimate())])]:
        for finding in _findings(subject, look):
            print(finding, flush=True)
            failed |= finding.level == "fail"
    return int(failed)


def check() -> list[Finding]:
    """Return what the quick checks find, all but the estimate. Whatever is broken, it does not raise."""
    return [finding for subject, look in CHECKS.items() for finding in _findings(subject, look)]


def estimate(seconds: float = 3.0) -> str:
    """Time batches of the book's LSTM for some seconds and say how long the full IMDb run takes on this machine.

    The batches hold random tokens and are as long as IMDb's reviews.
    """
    import torch

    from lessons_lib import models, training, vocabulary
    from lessons_lib.batches import Batch

    size, generator = len(vocabulary.imdb_counts()) + 2, torch.Generator().manual_seed(1)
    labels = (torch.arange(BATCH) % 2).float()
    batches = [
        Batch(torch.randint(2, size, (BATCH, length), generator=generator), labels, torch.full((BATCH,), length))
        for length in LENGTHS
    ]
    model = models.build("lstm", size).to(training.device())
    optimizer = training.adam(model, lr=0.001)
    training.train_epoch(model, batches[:1], optimizer)  # the first batch takes longer
    trained = evaluated = rounds = 0
    end = time.perf_counter() + seconds
    while not rounds or time.perf_counter() < end:
        start = time.perf_counter()
        training.train_epoch(model, batches, optimizer)
        between = time.perf_counter()
        training.evaluate(model, batches)
        trained, evaluated = trained + between - start, evaluated + time.perf_counter() - between
        rounds += 1
    epoch = (TRAINING * trained + VALIDATION * evaluated) / (rounds * len(batches) * BATCH)
    total = f"{EPOCHS * epoch / 60:.0f} minutes" if epoch < 600 else f"{EPOCHS * epoch / 3600:.0f} hours"
    return f"about {total} for the book's LSTM, {EPOCHS} epochs of {epoch:.0f} seconds, as busy as this machine is now"


def _findings(subject: str, look: Callable[[], Iterable[tuple[str, str]]]) -> Iterator[Finding]:
    """Yield what a check finds; a check that breaks off is a failure itself, told in one line."""
    try:
        for level, text in look():
            yield Finding(level, subject, text)
    except ModuleNotFoundError as problem:
        level = "warn" if problem.name == "pooch" else "fail"  # pooch only fetches IMDb
        yield Finding(level, subject, f"looked at no further, because the package {problem.name} is missing")
    except Exception as problem:
        text = " ".join(f"{type(problem).__name__}: {problem}".split())
        says_what_to_do = type(problem).__module__.startswith("lessons_lib")
        advice = "" if says_what_to_do else ". Mend what failed above; if nothing did, install the course anew"
        yield Finding("fail", subject, text + advice)


def _this_python() -> str:
    """Name this Python in a command, as it is typed in the folder of the course."""
    folder = str(Path(__file__).parent.parent) + os.sep
    return sys.executable.removeprefix(folder) if sys.executable.startswith(folder) else f'"{sys.executable}"'


def _python() -> Iterator[tuple[str, str]]:
    lowest, above = ("{}.{}".format(*version) for version in PYTHONS)
    is_supported = PYTHONS[0] <= tuple(sys.version_info[:2]) < PYTHONS[1]
    advice = f"; {lowest} or newer, below {above}, is needed: `make lab PYTHON=/path/to/python{lowest}`"
    text = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    yield ("ok", text) if is_supported else ("fail", text + advice)


def _packages() -> Iterator[tuple[str, str]]:
    """Compare what is installed with the ranges that pyproject.toml asks for."""
    pip, fitting = f"{_this_python()} -m pip install", []
    try:
        lines = metadata.requires("lessons-lib")
    except metadata.PackageNotFoundError:
        yield "fail", f'the course is not installed in this Python: in its folder run {pip} -e ".[lab]"'
        return

    from packaging.requirements import Requirement

    for need in map(Requirement, lines):
        is_needed = not need.marker or need.marker.evaluate({"extra": ""})
        if not is_needed and not need.marker.evaluate({"extra": "lab"}):
            continue
        advice = f'{pip} "{need.name}{need.specifier}", then restart the kernel'
        try:
            version = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            yield "fail" if is_needed else "warn", f"{need.name} is missing: {advice}"
            continue
        if need.specifier.contains(version, prereleases=True):
            fitting.append(f"{need.name} {version}")
        else:
            yield "fail" if is_needed else "warn", f"{need.name} is {version} and should be {need.specifier}: {advice}"
    yield "ok", ", ".join(fitting)


def _torch() -> Iterator[tuple[str, str]]:
    import torch

    from lessons_lib import vocabulary

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    text = f"{torch.__version__}, threads: {torch.get_num_threads()}, cores: {cores}"
    is_crowded = torch.get_num_threads() > cores
    yield ("warn", f"{text}; set the variable OMP_NUM_THREADS={cores}") if is_crowded else ("ok", text)
    yield "ok", f"vocabulary: {vocabulary.BACKEND}"
    if torch.cuda.is_available():
        yield "ok", f"accelerator: {torch.cuda.get_device_name()}"
    elif shutil.which("nvidia-smi"):
        yield "warn", "accelerator: an NVIDIA driver, but this torch cannot use it; the README says which one can"
    else:
        yield "ok", "accelerator: none, and no lesson needs one"


def _memory() -> Iterator[tuple[str, str]]:
    try:
        import psutil

        size = psutil.virtual_memory().available
    except ImportError:
        if not hasattr(os, "sysconf"):
            yield "warn", "unknown, because the package psutil is missing"
            return
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    text = f"{size / GB:.1f} GB"
    is_enough = size >= IMDB_MEMORY
    yield ("ok", text) if is_enough else ("warn", f"{text}; the full IMDb takes 2 GB: close other programs and kernels")


def _disk() -> Iterator[tuple[str, str]]:
    from lessons_lib import archive

    folder = archive.cache_folder()
    there = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as problem:
        yield "fail", f"cache folder {folder}: {problem}. Name one that can be written in the variable LESSONS_CACHE"
    else:
        yield "ok", f"cache folder {str(folder).replace(os.path.expanduser('~'), '~')}"
    free, place = min((shutil.disk_usage(place).free, str(place)) for place in (sys.prefix, there))
    level = "fail" if free < LEAST_DISK else "warn" if free < IMDB_DISK else "ok"
    advice = f" on the disk of {place}: make room, or no notebook and no model can be saved"
    yield level, f"{free / GB:.1f} GB free{advice if level != 'ok' else ''}"


def _data() -> Iterator[tuple[str, str]]:
    from lessons_lib import archive, reviews

    counts = "{:,} training and {:,} test reviews"
    yield "ok", "sample: " + counts.format(*(len(reviews.load_reviews(split, "sample")) for split in reviews.SPLITS))
    local, fetch = os.environ.get(archive.LOCAL_COPY), f"{_this_python()} -m lessons_lib fetch"
    path = Path(os.path.expanduser(local) if local else archive.cached_file())
    if not local and not path.exists():
        yield "warn", f"IMDb: not fetched yet (84 MB; every lesson runs without it): {fetch}"
    elif archive.is_published(path):
        yield "ok", "IMDb: the published archive"
    elif local:
        yield "ok", "IMDb: " + counts.format(*(len(reviews.load_reviews(split, "imdb")) for split in reviews.SPLITS))
    else:
        yield "fail", f"IMDb: {path} is damaged; this gets it anew: {fetch}"


def _models() -> Iterator[tuple[str, str]]:
    from lessons_lib import checkpoints

    for name in checkpoints.SHA256:
        _, vocab = checkpoints.load_shipped(name)
        yield "ok", f"{name}, which knows {len(vocab):,} tokens"


def _kernel() -> Iterator[tuple[str, str]]:
    """See that the kernel that notebooks ask for, python3, runs this very Python."""
    advice = f"{_this_python()} -m ipykernel install --sys-prefix --name python3"
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except Exception as problem:
        yield "fail", f"there is no kernel python3 ({problem}): install ipykernel, then run {advice}"
        return
    is_bare = program == os.path.basename(program)  # Jupyter takes its own Python for the bare name
    is_this = is_bare or Path(program).parent.resolve() == Path(sys.executable).parent.resolve()
    yield ("ok", "python3 is this Python") if is_this else ("fail", f"python3 is another Python, {program}: {advice}")


CHECKS = {
    "Python": _python,
    "packages": _packages,
    "torch": _torch,
    "memory": _memory,
    "disk": _disk,
    "data": _data,
    "shipped model": _models,
    "Jupyter": _kernel,
}
