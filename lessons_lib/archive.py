"""The ``aclImdb`` archive: fetch it once, then read its reviews without unpacking it."""

import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

SAMPLE = Path(__file__).parent / "data" / "sample.tar.gz"
LOCAL_COPY = "LESSONS_IMDB_ARCHIVE"
ADDRESS = "LESSONS_IMDB_URL"
URL = "http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
SHA256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"
LABELS = ("neg", "pos")
MAX_MEMBERS = 200_000
MAX_REVIEW_BYTES = 1_000_000


class ArchiveError(Exception):
    """An archive that is missing, damaged or of another layout; the message says what to do."""


def cache_folder() -> Path:
    """Return the folder that keeps what was fetched: ``LESSONS_CACHE``, or ``lessons`` in the user's cache."""
    import pooch

    return Path(os.environ.get("LESSONS_CACHE") or pooch.os_cache("lessons"))


def fetch() -> Path:
    """Return the path of the IMDb archive, after downloading it (84 MB, with a progress bar) if it is not there.

    ``LESSONS_IMDB_ARCHIVE`` names a local archive or unpacked folder to use instead;
    ``LESSONS_IMDB_URL`` another address of the published file. What is downloaded must have the
    published sha256, or it is thrown away.

    Source: Maas et al., *Learning Word Vectors for Sentiment Analysis* (ACL 2011).
    """
    if local := os.environ.get(LOCAL_COPY):
        path = Path(local).expanduser()
        if not path.exists():
            raise ArchiveError(f"{LOCAL_COPY} names {path}, which does not exist: correct it, or unset it to download")
        return path
    import pooch

    url = os.environ.get(ADDRESS) or URL
    try:
        downloader = pooch.HTTPDownloader(progressbar=True, timeout=60)
        path = pooch.retrieve(url, f"sha256:{SHA256}", "aclImdb_v1.tar.gz", cache_folder(), downloader=downloader)
    except Exception as problem:
        raise ArchiveError(
            f"the IMDb archive could not be fetched from {url} into {cache_folder()}: {problem}. "
            f"Try again, or name a copy you have in {LOCAL_COPY}; the sample (data='sample') works without it"
        ) from problem
    return Path(path)


def read_split(path: Path, split: str) -> dict[str, list[str]]:
    """Return the texts of a split by label, ``{"neg": [...], "pos": [...]}``, in the order of the archive.

    ``path`` is an ``aclImdb`` archive (any tar) or the folder unpacked from it. Unlabelled reviews are left out.

    Raises ArchiveError where it is missing, damaged, of another layout, or holds one label only.
    """
    texts: dict[str, list[str]] = {label: [] for label in LABELS}
    folders = {f"aclImdb/{split}/{label}": label for label in LABELS}
    members = _folder_members if path.is_dir() else _tar_members
    for folder, data in members(path, set(folders)):
        texts[folders[folder]].append(data.decode("utf-8", errors="replace"))
    for folder, label in folders.items():
        if not texts[label]:
            raise ArchiveError(
                f"{path} holds no reviews in {folder}: it is incomplete or of another layout. "
                "The lessons need aclImdb/train and aclImdb/test, each with the folders neg and pos"
            )
    return texts


def _folder_members(root: Path, folders: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (folder, content) of every review below ``root``, in the order of the published archive."""
    base = root.parent if root.name == "aclImdb" else root
    for folder in sorted(folders):
        for file in sorted((base / folder).glob("*.txt"), key=_published_order):
            yield folder, file.read_bytes()


def _published_order(file: Path) -> tuple[int, int]:
    """Sort key of a review file: the archive holds them in blocks of 128, each from the highest number down."""
    number = int(file.stem.partition("_")[0])
    return number // 128, -number


def _tar_members(path: Path, folders: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (folder, content) of every review in a tar, in member order; nothing is written to disk."""
    try:
        with tarfile.open(path) as tar:
            for count, member in enumerate(tar):
                name = PurePosixPath(member.name)
                if count >= MAX_MEMBERS or name.is_absolute() or ".." in name.parts:
                    raise ArchiveError(f"{path} is not an aclImdb archive: member {count}, {member.name!r}, is refused")
                if str(name.parent) not in folders or name.suffix != ".txt" or not member.isfile():
                    continue
                if member.size > MAX_REVIEW_BYTES:
                    raise ArchiveError(f"{path}: {member.name} has {member.size:,} bytes, too many for a review")
                yield str(name.parent), tar.extractfile(member).read()
    except FileNotFoundError as problem:
        raise ArchiveError(f"{path} does not exist: run `python -m lessons_lib fetch`") from problem
    except (tarfile.TarError, EOFError, OSError, zlib.error) as problem:
        raise ArchiveError(
            f"{path} cannot be read to its end ({problem}): it is damaged or not a tar archive. "
            "Delete it and fetch it again"
        ) from problem
