"""The ``aclImdb`` archive: fetch it once, then read its reviews without unpacking it."""

import io
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lessons_lib.files import sha256, sweep, whole

SAMPLE = Path(__file__).parent / "data" / "sample.tar.gz"
LOCAL_COPY = "LESSONS_IMDB_ARCHIVE"
ADDRESS = "LESSONS_IMDB_URL"
URL = "http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
SHA256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"
LABELS = ("neg", "pos")
REVIEW = re.compile(r"\d+_\d+\.txt", re.ASCII)
MEMBER_TYPES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)
NAME_TYPES = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME)  # they hold the long name of the next member
MAX_MEMBERS = 200_000
MAX_BYTES = 1_000_000_000  # of all members
MAX_REVIEW_BYTES = 1_000_000
TIMEOUT = 60  # seconds without an answer


class ArchiveError(Exception):
    """An archive that is missing, damaged or of another layout; the message says what to do."""


def cache_folder() -> Path:
    """Return the folder that keeps what was fetched: ``LESSONS_CACHE``, or ``lessons`` in the user's cache.

    Raises ArchiveError where there is neither.
    """
    import pooch

    try:
        return Path(os.environ.get("LESSONS_CACHE") or pooch.os_cache("lessons")).expanduser()
    except RuntimeError as problem:
        raise ArchiveError(f"there is no place to keep IMDb ({problem}): name a folder in LESSONS_CACHE") from problem


def cached_file() -> Path:
    """Return where the fetched archive is kept."""
    return cache_folder() / "aclImdb_v1.tar.gz"


def fetch() -> Path:
    """Return the path of the IMDb archive, after downloading it (84 MB, with a progress bar) if it is not there.

    ``LESSONS_IMDB_ARCHIVE`` names a local archive or unpacked folder to use instead;
    ``LESSONS_IMDB_URL`` another address of the published file. What is downloaded must have the
    published sha256, or it is thrown away.

    Source: Maas et al., *Learning Word Vectors for Sentiment Analysis* (ACL 2011).
    """
    if local := os.environ.get(LOCAL_COPY):
        path = Path(os.path.expanduser(local))
        if not os.path.exists(path):
            raise ArchiveError(f"{LOCAL_COPY} names {path}, which does not exist: correct it, or unset it to download")
        return path
    url, path = os.environ.get(ADDRESS) or URL, cached_file()
    try:
        sweep(path)
        if not is_published(path):
            path.unlink(missing_ok=True)
            _download(url, path)
    except Exception as problem:
        raise ArchiveError(
            f"the IMDb archive could not be fetched from {url} into {path.parent} ({_cause(problem)}). "
            f"Try again when this machine is online and the disk has room, name another folder in LESSONS_CACHE, "
            f"or a copy you have in {LOCAL_COPY}; the sample (data='sample') works without it"
        ) from None
    return path


def _download(url: str, path: Path) -> None:
    """Download the published archive; ``path`` is written whole or not at all."""
    import pooch

    with whole(path) as unfinished:
        with _Bounded(unfinished, "w") as file:
            pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT)(url, file, None)
        if not is_published(unfinished):
            raise ValueError("what came is not the published file, but perhaps an error page or a part (sha256)")


class _Bounded(io.FileIO):
    """A file that an endless answer cannot fill the disk with."""

    def write(self, data: bytes) -> int:
        if self.tell() + len(data) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES:,} bytes came")
        return super().write(data)


def _cause(problem: BaseException) -> str:
    """Return in one line what is at the bottom of a network error, which ``requests`` wraps several times."""
    import requests

    if isinstance(problem, requests.RequestException):
        while problem.__context__:
            problem = problem.__context__
    return " ".join(str(problem).split())


def is_published(path: Path) -> bool:
    """Return whether a file is the published archive, by its sha256."""
    return path.is_file() and sha256(path) == SHA256


def read_split(path: Path, split: str) -> dict[str, list[str]]:
    """Return the texts of a split by label, ``{"neg": [...], "pos": [...]}``, in the order of the archive.

    ``path`` is an ``aclImdb`` archive (any tar) or the folder unpacked from it. Unlabelled reviews are left out.

    Raises ArchiveError where it is missing, damaged, of another layout, or holds one label only.
    """
    texts: dict[str, list[str]] = {label: [] for label in LABELS}
    folders = {f"aclImdb/{split}/{label}": label for label in LABELS}
    for folder, text in _texts(path, set(folders)):
        texts[folders[folder]].append(text)
    for folder, label in folders.items():
        if not texts[label]:
            raise ArchiveError(
                f"{path} holds no reviews in {folder}: it is incomplete or of another layout. "
                "The lessons need aclImdb/train and aclImdb/test, each with the folders neg and pos"
            )
    return texts


def read_unlabelled(path: Path) -> list[str]:
    """Return the texts in ``aclImdb/train/unsup`` in the order of the archive; there are none in the bundled sample.

    ``path`` is what :func:`read_split` takes; raises ArchiveError where it is missing or damaged.
    """
    return [text for _, text in _texts(path, {"aclImdb/train/unsup"})]


def _texts(path: Path, folders: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (folder, text) of every review in these folders of an archive; what is not UTF-8 becomes U+FFFD."""
    members = _folder_members if os.path.isdir(path) else _tar_members
    for folder, data in members(path, folders):
        yield folder, data.decode("utf-8", errors="replace")


def _folder_members(root: Path, folders: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (folder, content) of every review below ``root``, in the order of the published archive."""
    base = root.parent if root.name == "aclImdb" else root
    try:
        for folder in sorted(folders):
            files = [file for file in (base / folder).glob("*.txt") if REVIEW.fullmatch(file.name)]
            for file in sorted(files, key=_published_order):
                if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_REVIEW_BYTES:
                    raise ArchiveError(f"{file} is refused: it is a link or a device, or too large for a review")
                yield folder, file.read_bytes()
    except OSError as problem:
        raise ArchiveError(f"{root} cannot be read to its end ({problem}): unpack the archive anew") from problem


def _published_order(file: Path) -> tuple[int, int]:
    """Sort key of a review file: the archive holds them in blocks of 128, each from the highest number down."""
    number = int(file.stem.partition("_")[0])
    return number // 128, -number


class _Header(tarfile.TarInfo):
    """A tar header that is refused, before what follows it is read, where no aclImdb archive has one like it."""

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> "_Header":
        header = super().frombuf(buf, encoding, errors)
        if header.type not in MEMBER_TYPES + NAME_TYPES:
            raise ValueError(f"{header.name!r} is refused: it is neither a file nor a folder")
        if not 0 <= header.size <= (MAX_REVIEW_BYTES if header.type in NAME_TYPES else MAX_BYTES):
            raise ValueError(f"{header.name!r} is refused: it has {header.size:,} bytes")
        return header


def _tar_members(path: Path, folders: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (folder, content) of every review in a tar, in member order; nothing is written to disk."""
    if not os.path.isfile(path):
        raise ArchiveError(f"{path} does not exist, or is no file: run `python -m lessons_lib fetch`")
    size, seen = 0, set()
    try:
        with tarfile.open(path, tarinfo=_Header) as tar:
            for count, member in enumerate(tar):
                name = PurePosixPath(member.name)
                size += member.size
                if count >= MAX_MEMBERS or size > MAX_BYTES:
                    raise ValueError(f"it has more than {MAX_MEMBERS:,} members or {MAX_BYTES:,} bytes")
                if name.is_absolute() or ".." in name.parts or member.issparse() or member.size < 0:
                    raise ValueError(f"{member.name!r} is refused: it has a name outside the archive, or is sparse")
                if str(name.parent) not in folders or not REVIEW.fullmatch(name.name) or not member.isfile():
                    continue
                if member.size > MAX_REVIEW_BYTES or name in seen:
                    raise ValueError(f"{member.name!r} is refused: it is too large for a review, or comes twice")
                seen.add(name)
                yield str(name.parent), tar.extractfile(member).read()
            # tarfile takes a bad header for the end. The true end is zeros; reading them checks gzip's checksum too.
            tar.fileobj.seek(tar.offset)
            end = tar.fileobj.read(MAX_REVIEW_BYTES)
            if not end or any(end):
                raise ValueError("it breaks off, or something follows its end")
    except Exception as problem:  # a foreign file can make tarfile raise almost anything
        raise ArchiveError(
            f"{path} cannot be read to its end ({' '.join(str(problem).split())}): it is damaged or not a tar archive "
            f"of reviews. Fetch it anew, or name another one in {LOCAL_COPY}"
        ) from problem
