"""Archives: read in their own order, never unpacked, and refused with a reason where they cannot be used."""

import io
import os
import tarfile
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


@pytest.mark.parametrize("name", ["../aclImdb/train/neg/1_1.txt", "/aclImdb/train/neg/1_1.txt"])
def test_a_member_outside_the_root_is_refused(write_archive: Write, name: str) -> None:
    with pytest.raises(ArchiveError, match="refused"):
        read_split(write_archive({**MEMBERS, name: "outside"}), "train")


def test_a_link_is_not_read(tmp_path: Path, write_archive: Write) -> None:
    path = write_archive(MEMBERS)
    with tarfile.open(path, "r:gz") as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(path, "w") as tar:
        for member, data in members:
            tar.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("aclImdb/train/neg/3_1.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    assert len(read_split(path, "train")["neg"]) == 2


def test_a_local_copy_that_does_not_exist_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(archive.LOCAL_COPY, str(tmp_path / "nowhere"))
    with pytest.raises(ArchiveError, match=r"LESSONS_IMDB_ARCHIVE names .*nowhere, which does not exist"):
        archive.fetch()


def test_a_download_that_fails_leaves_nothing_and_names_the_sample(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(archive.LOCAL_COPY, raising=False)
    monkeypatch.setenv("LESSONS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv(archive.ADDRESS, "http://127.0.0.1:9/aclImdb_v1.tar.gz")
    with pytest.raises(ArchiveError, match=r"could not be fetched.*the sample"):
        archive.fetch()
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
