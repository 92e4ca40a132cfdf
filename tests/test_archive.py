"""Archives: read in their own order, never unpacked, and refused with a reason where they cannot be used."""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lessons_lib import archive
from lessons_lib.archive import ArchiveError, read_split

Write = Callable[[Mapping[str, str]], Path]
MEMBERS = {
    "aclImdb/README": "not a review",
    "aclImdb/test/neg/1_1.txt": "test neg",
    "aclImdb/test/pos/1_9.txt": "test pos",
    "aclImdb/train/neg/2_3.txt": "train neg two",
    "aclImdb/train/neg/1_3.txt": "train neg one",
    "aclImdb/train/pos/1_8.txt": "train pos",
    "aclImdb/train/unsup/1_0.txt": "no label",
}


def test_a_split_is_read_in_member_order_without_the_unlabelled(write_archive: Write) -> None:
    texts = read_split(write_archive(MEMBERS), "train")
    assert texts == {"neg": ["train neg two", "train neg one"], "pos": ["train pos"]}


@pytest.mark.parametrize("inside", ["", "aclImdb"])
def test_an_unpacked_folder_is_read_in_the_order_of_the_published_archive(tmp_path: Path, inside: str) -> None:
    for number in (0, 1, 127, 128, 255, 256):
        for label in ("neg", "pos"):
            file = tmp_path / "aclImdb" / "train" / label / f"{number}_3.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{label} {number}", encoding="utf-8")
    texts = read_split(tmp_path / inside, "train")
    assert texts["neg"] == [f"neg {number}" for number in (127, 1, 0, 255, 128, 256)]


def test_a_missing_archive_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"missing\.tar\.gz does not exist.*fetch"):
        read_split(tmp_path / "missing.tar.gz", "train")


@pytest.mark.parametrize("kept", [0, 1, 20, 0.5, 0.95])
def test_a_truncated_archive_says_so(write_archive: Write, kept: float) -> None:
    path = write_archive({**MEMBERS, "aclImdb/train/neg/9_1.txt": os.urandom(30_000).hex()})
    data = path.read_bytes()
    path.write_bytes(data[: kept if isinstance(kept, int) else int(kept * len(data))])
    with pytest.raises(ArchiveError, match="damaged or not a tar archive"):
        read_split(path, "train")


def test_a_web_page_in_place_of_the_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "aclImdb_v1.tar.gz"
    path.write_text("<html>404 Not Found</html>", encoding="utf-8")
    with pytest.raises(ArchiveError, match="damaged or not a tar archive"):
        read_split(path, "train")


@pytest.mark.parametrize(
    "members",
    [
        {"reviews/positive/1.txt": "good", "reviews/negative/1.txt": "bad"},
        {name: text for name, text in MEMBERS.items() if "/pos/" not in name},
        {name: text for name, text in MEMBERS.items() if "/train/" not in name},
    ],
    ids=["another layout", "one label only", "no training split"],
)
def test_an_archive_without_both_labels_says_which_folder_is_empty(
    write_archive: Write, members: dict[str, str]
) -> None:
    with pytest.raises(ArchiveError, match=r"holds no reviews in aclImdb/train/(neg|pos)"):
        read_split(write_archive(members), "train")


def test_an_archive_of_which_any_byte_is_changed_gives_the_same_reviews_or_an_error(write_archive: Write) -> None:
    path = write_archive(MEMBERS)
    data, whole = path.read_bytes(), read_split(path, "train")
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        assert read(path) in (whole, None), place


@pytest.mark.parametrize("inside", [False, True], ids=["the file", "the tar inside"])
def test_an_archive_cut_anywhere_gives_the_same_reviews_or_an_error(write_archive: Write, inside: bool) -> None:
    path = write_archive(MEMBERS)
    data, whole = path.read_bytes(), read_split(path, "train")
    tar = gzip.decompress(data)
    last_byte = len(tar.rstrip(b"\0"))
    for end in range(256, last_byte, 256) if inside else range(len(data)):
        path.write_bytes(gzip.compress(tar[:end]) if inside else data[:end])
        assert read(path) is None, end
    path.write_bytes(gzip.compress(tar[: last_byte + 2048]))
    assert read(path) == whole


# Members that no such archive has


class Entry(tarfile.TarInfo):
    """A tar header and what follows it; its ``facts`` may lie."""

    def __init__(self, name: str, data: bytes = b"text", kind: bytes = tarfile.REGTYPE, **facts: object) -> None:
        super().__init__(name)
        self.data, self.type, self.size = data, kind, len(data)
        for fact, value in facts.items():
            setattr(self, fact, value)


def write_tar(path: Path, *entries: Entry) -> Path:
    """Write a plain tar of the usual members and then of these, headers and contents as they are."""
    usual = [Entry(name, text.encode("utf-8")) for name, text in MEMBERS.items()]
    with path.open("wb") as file:
        for header in (*usual, *entries):
            padding = bytes(-len(header.data) % 512)
            file.write(header.tobuf(tarfile.GNU_FORMAT) + header.data + padding)
        file.write(bytes(1024))
    return path


def read(path: Path) -> dict[str, list[str]] | None:
    """Return the training reviews, or nothing where the archive is refused."""
    try:
        return read_split(path, "train")
    except ArchiveError:
        return None


PLACE = "aclImdb/train/neg/3_1.txt"
REFUSED = {
    "outside": Entry("../aclImdb/train/neg/1_1.txt"),
    "deep outside": Entry("aclImdb/train/neg/../../../../etc/3_1.txt"),
    "absolute": Entry("/aclImdb/train/neg/1_1.txt"),
    "symbolic link": Entry(PLACE, b"", tarfile.SYMTYPE, linkname="/etc/hostname"),
    "hard link": Entry(PLACE, b"", tarfile.LNKTYPE, linkname="aclImdb/train/neg/1_3.txt"),
    "link of a folder": Entry("aclImdb/train/extra", b"", tarfile.SYMTYPE, linkname="/etc"),
    "device": Entry(PLACE, b"", tarfile.CHRTYPE, devmajor=1, devminor=5),
    "disk": Entry(PLACE, b"", tarfile.BLKTYPE, devmajor=8),
    "pipe": Entry(PLACE, b"", tarfile.FIFOTYPE),
    "sparse": Entry(PLACE, b"", tarfile.GNUTYPE_SPARSE, size=8**11 - 1),
    "unknown kind": Entry(PLACE, b"", b"?"),
    "review too large": Entry(PLACE, b"a" * (archive.MAX_REVIEW_BYTES + 1)),
    "review that claims to be huge": Entry(PLACE, size=10**15),
    "bomb beside the reviews": Entry("aclImdb/imdb.vocab", size=10**15),
    "bomb as a name": Entry("././@LongLink", b"", tarfile.GNUTYPE_LONGNAME, size=8**11 - 1),
    "bomb as a comment": Entry("comment", b"", tarfile.XHDTYPE, size=8**11 - 1),
    "negative size": Entry(PLACE, b"", size=-(2**20)),
    "twice": Entry("aclImdb/train/neg/1_3.txt"),
}


@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED)
def test_a_member_that_no_such_archive_has_is_refused_by_its_name(tmp_path: Path, header: Entry) -> None:
    with pytest.raises(ArchiveError, match=f"'{header.name}' is refused"):
        read_split(write_tar(tmp_path / "archive.tar", header), "train")


@pytest.mark.parametrize(
    "pax",
    [
        {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(10**15), "GNU.sparse.name": PLACE},
        {"GNU.sparse.map": "many", "GNU.sparse.size": "5"},
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(10**15)},
        {"size": "-100000"},
        {"size": str(10**15)},
        {"path": "/etc/passwd"},
    ],
    ids=str,
)
def test_a_comment_that_lies_about_its_member_is_refused(tmp_path: Path, pax: dict[str, str]) -> None:
    comment = Entry("comment", b"".join(record(*item) for item in pax.items()), tarfile.XHDTYPE)
    assert read(write_tar(tmp_path / "archive.tar", comment, Entry(PLACE))) is None


def record(key: str, value: str) -> bytes:
    """A line of a pax header, with its own length in front."""
    rest = f" {key}={value}\n".encode()
    length = len(rest)
    while len(f"{length}") + len(rest) != length:
        length += 1
    return f"{length}".encode() + rest


def test_a_chain_of_long_names_is_refused(tmp_path: Path) -> None:
    chain = [Entry("././@LongLink", b"name", tarfile.GNUTYPE_LONGNAME)] * 3000
    assert read(write_tar(tmp_path / "archive.tar", *chain, Entry(PLACE))) is None


@pytest.mark.parametrize(("limit", "value"), [("MAX_MEMBERS", 6), ("MAX_BYTES", 60)])
def test_more_or_larger_members_than_any_such_archive_has_are_refused(
    write_archive: Write, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    path = write_archive(MEMBERS)
    assert read(path)
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(ArchiveError, match="it has more than"):
        read_split(path, "train")


@pytest.mark.parametrize("name", ["aclImdb/train/neg/._1_3.txt", "aclImdb/train/neg/notes.txt", "other/1_3.txt"])
def test_what_is_not_named_like_a_review_is_left_out(tmp_path: Path, name: str) -> None:
    texts = read_split(write_tar(tmp_path / "archive.tar", Entry(name)), "train")
    assert texts == {"neg": ["train neg two", "train neg one"], "pos": ["train pos"]}


def test_a_name_and_a_text_that_are_not_utf8_and_an_empty_text_are_read(tmp_path: Path) -> None:
    foreign = Entry("aclImdb/train/\udcff\udcfe.txt")
    foreign_text, empty = Entry(PLACE, b"caf\xe9"), Entry("aclImdb/train/pos/4_9.txt", b"")
    texts = read_split(write_tar(tmp_path / "archive.tar", foreign, foreign_text, empty), "train")
    assert texts == {"neg": ["train neg two", "train neg one", "caf\ufffd"], "pos": ["train pos", ""]}


def test_an_archive_of_archives_says_what_it_lacks(write_archive: Write) -> None:
    with pytest.raises(ArchiveError, match="holds no reviews in aclImdb/train/neg"):
        read_split(write_archive({f"aclImdb/{name}": text for name, text in MEMBERS.items()}), "train")


def test_another_kind_of_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "archive.tar.gz"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in MEMBERS.items():
            file.writestr(name, text)
    with pytest.raises(ArchiveError, match="damaged or not a tar archive"):
        read_split(path, "train")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_the_archive_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ArchiveError, match="is no file"):
        read_split(tmp_path / "pipe", "train")


# An unpacked folder


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    for name, text in MEMBERS.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "aclImdb"


def test_an_unpacked_folder_leaves_out_what_is_not_named_like_a_review(unpacked: Path) -> None:
    for name in ("._1_3.txt", "notes.txt", "1_3.txt.part"):
        (unpacked / "train" / "neg" / name).write_bytes(b"\0\5")
    assert read_split(unpacked, "train")["neg"] == ["train neg two", "train neg one"]


def test_a_link_or_a_pipe_or_a_folder_in_place_of_a_review_is_refused(unpacked: Path) -> None:
    place = unpacked / "train" / "neg" / "3_1.txt"
    makers = [Path.mkdir]
    if sys.platform != "win32":  # there links need rights
        makers += [lambda path: path.symlink_to("/dev/zero"), os.mkfifo]
    for make in makers:
        make(place)
        with pytest.raises(ArchiveError, match=r"3_1.txt is refused"):
            read_split(unpacked, "train")
        place.rmdir() if place.is_dir() else place.unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps permissions in another way")
@pytest.mark.parametrize("place", ["train/neg/1_3.txt", "train/neg", "."])
def test_an_unpacked_folder_that_cannot_be_read_says_so(unpacked: Path, place: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # other users may not enter the folders of the tests
        os.chmod(folder, 0o755)
        moved = Path(shutil.move(unpacked, folder))
        (moved / place).chmod(0)
        command = [sys.executable, "-c", READ_AS_NOBODY, str(moved)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stdout.startswith("refused:"), answer.stderr


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from lessons_lib import archive
if os.geteuid() == 0:
    os.setuid(65534)
try:
    print(archive.read_split(Path(sys.argv[1]), "train"))
except archive.ArchiveError as problem:
    print("refused:", problem)
"""


def test_no_home_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: str) -> str:
        raise RuntimeError("no home")

    monkeypatch.setattr("pooch.os_cache", homeless)
    monkeypatch.delenv("LESSONS_CACHE", raising=False)
    monkeypatch.delenv(archive.LOCAL_COPY, raising=False)
    with pytest.raises(ArchiveError, match=r"no place to keep IMDb \(no home\): name a folder in LESSONS_CACHE"):
        archive.fetch()


def test_a_local_copy_that_does_not_exist_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(archive.LOCAL_COPY, str(tmp_path / "nowhere"))
    with pytest.raises(ArchiveError, match=r"LESSONS_IMDB_ARCHIVE names .*nowhere, which does not exist"):
        archive.fetch()
