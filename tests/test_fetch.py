"""Fetching from a server that misbehaves: the cache holds the whole archive or nothing, and the next try succeeds."""

import hashlib
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lessons_lib import archive
from lessons_lib.archive import ArchiveError, fetch

NAME = "aclImdb_v1.tar.gz"
NOBODY = 65534
# Another process that fetches, after a first line of its own. The modules come first: a user without rights may not
# be able to read them.
ELSEWHERE = """
import os, sys
import pooch, requests, tqdm
from lessons_lib import archive
archive.SHA256 = sys.argv[1]
{first}
try:
    print(archive.fetch())
except archive.ArchiveError as problem:
    sys.exit(str(problem))
"""


class Answer(BaseHTTPRequestHandler):
    """Answers as its server's ``behaviour`` says, and remembers what was asked for."""

    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.behaviour(self)

    def log_message(self, *_: object) -> None:
        pass

    def start(self, length: int | None = None) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def half(self) -> None:
        """Announce the whole archive and send the first half of it."""
        self.start(len(self.server.content))
        self.wfile.write(self.server.content[: len(self.server.content) // 2])
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    """A server on this machine; ``content`` is the published archive, ``over`` is set when the test ends."""

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.content, self.asked, self.over = content, [], threading.Event()
        self.behaviour: Callable[[Answer], None] = well
        self.address = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that has gone."""


def well(answer: Answer) -> None:
    answer.start(len(answer.server.content))
    answer.wfile.write(answer.server.content)


def cut_off(answer: Answer) -> None:
    answer.half()


def cut_off_without_a_length(answer: Answer) -> None:
    answer.start()
    answer.wfile.write(answer.server.content[:100])


def reset(answer: Answer) -> None:
    answer.half()
    answer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    answer.connection.close()


def hang(answer: Answer) -> None:
    answer.half()
    answer.server.over.wait()


def say_nothing(answer: Answer) -> None:
    answer.server.over.wait()


def other_bytes(answer: Answer) -> None:
    answer.start(len(answer.server.content))
    answer.wfile.write(answer.server.content[:-1] + b"x")


def web_page(answer: Answer) -> None:
    answer.start()
    answer.wfile.write(b"<html>Please sign in to this network</html>")


def redirect_for_ever(answer: Answer) -> None:
    answer.send_response(302)
    answer.send_header("Location", answer.path)
    answer.end_headers()


def speak_no_http(answer: Answer) -> None:
    answer.wfile.write(b"\0\1\2 hello\r\n\r\n")


def never_end(answer: Answer) -> None:
    answer.start()
    while not answer.server.over.is_set():
        answer.wfile.write(bytes(100_000))


def missing(answer: Answer) -> None:
    answer.send_error(404)


def broken(answer: Answer) -> None:
    answer.send_error(500)


FAULTS = {
    cut_off: "IncompleteRead",
    cut_off_without_a_length: "not the published file",
    reset: "reset",
    hang: "timed out",
    say_nothing: "timed out",
    other_bytes: "not the published file",
    web_page: "perhaps an error page",
    redirect_for_ever: "30 redirects",
    speak_no_http: "hello",
    never_end: "more than 1,000,000 bytes came",
    missing: "404",
    broken: "500",
}


@pytest.fixture
def server(write_archive: Callable[[Mapping[str, str]], Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that answers well, and a small archive as the published one."""
    label = {"neg": "dull", "pos": "fine"}
    members = {f"aclImdb/train/{name}/0_5.txt": f"{text} {os.urandom(20_000).hex()}" for name, text in label.items()}
    server = Server(write_archive(members).read_bytes())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setattr(archive, "SHA256", hashlib.sha256(server.content).hexdigest())
    monkeypatch.setattr(archive, "MAX_BYTES", 1_000_000)
    monkeypatch.setenv(archive.ADDRESS, f"{server.address}/{NAME}")
    monkeypatch.delenv(archive.LOCAL_COPY, raising=False)
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("LESSONS_CACHE", str(folder))
    return folder


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def start(first: str = "") -> subprocess.Popen[str]:
    """Start another process that fetches; ``first`` is a line of Python that it runs before."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", ELSEWHERE.format(first=first), archive.SHA256], **pipes)


def test_what_was_fetched_is_kept_and_read(server: Server, cache: Path) -> None:
    assert fetch() == fetch() == cache / NAME
    assert server.asked == [f"/{NAME}"]
    assert archive.read_split(fetch(), "train")["pos"][0].startswith("fine ")
    assert files(cache) == [NAME]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_server_that_misbehaves_leaves_nothing_and_the_next_try_succeeds(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[Answer], None]
) -> None:
    monkeypatch.setattr(archive, "TIMEOUT", 0.5)
    server.behaviour = fault
    with pytest.raises(ArchiveError) as error:
        fetch()
    message = str(error.value)
    assert FAULTS[fault] in message
    assert server.address in message
    assert message.endswith("the sample (data='sample') works without it")
    assert "\n" not in message
    assert files(cache) == []
    server.behaviour = well
    assert fetch().read_bytes() == server.content
    assert files(cache) == [NAME]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a", "ftp://127.0.0.1/a", "file:///etc/hosts", "no address"])
def test_an_address_that_cannot_be_fetched_is_named(
    cache: Path, monkeypatch: pytest.MonkeyPatch, url: str, server: Server
) -> None:
    monkeypatch.setenv(archive.ADDRESS, url)
    with pytest.raises(ArchiveError, match=rf"could not be fetched from {url} .* works without it"):
        fetch()
    assert files(cache) == []


def test_a_damaged_file_in_the_cache_is_fetched_anew(server: Server, cache: Path) -> None:
    fetch().write_bytes(server.content[:1000])
    assert fetch().read_bytes() == server.content
    fetch().write_bytes(server.content[:1000])
    server.behaviour = cut_off
    with pytest.raises(ArchiveError):
        fetch()
    assert files(cache) == []


def test_a_proxy_is_used(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://archive.invalid/{NAME}"
    monkeypatch.setenv(archive.ADDRESS, address)
    monkeypatch.setenv("HTTP_PROXY", server.address)
    monkeypatch.setenv("http_proxy", server.address)
    assert fetch().read_bytes() == server.content
    assert server.asked == [address]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_leaves_nothing(server: Server, cache: Path) -> None:
    process = start("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))")
    _, message = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "File too large). Try again when this machine is online and the disk has room" in message
    assert files(cache) == []
    assert fetch().read_bytes() == server.content


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps permissions in another way")
def test_a_cache_that_cannot_be_written_is_named(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setenv("LESSONS_CACHE", name)
        os.chmod(name, 0o555)
        process = start(f"os.setuid({NOBODY})" if os.geteuid() == 0 else "")  # root may write everywhere
        _, message = process.communicate(timeout=60)
        assert process.returncode == 1
        assert f"into {name} ([Errno 13] Permission denied" in message
        assert "name another folder in LESSONS_CACHE" in message
        os.chmod(name, 0o755)
        assert fetch().read_bytes() == server.content


def test_a_file_in_place_of_the_cache_is_named(server: Server, cache: Path) -> None:
    cache.write_text("not a folder", encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"into .*cache .*name another folder in LESSONS_CACHE"):
        fetch()


def test_two_processes_at_once_both_get_the_whole_archive(server: Server, cache: Path) -> None:
    both = threading.Barrier(2, timeout=30)

    def together(answer: Answer) -> None:
        both.wait()
        answer.half()
        both.wait()
        answer.wfile.write(answer.server.content[len(answer.server.content) // 2 :])

    server.behaviour = together
    processes = [start(), start()]
    answers = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert answers == [str(cache / NAME)] * 2
    assert files(cache) == [NAME]
    assert (cache / NAME).read_bytes() == server.content


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_download_harms_nothing_and_is_removed(server: Server, cache: Path) -> None:
    sent = threading.Event()

    def hang_and_tell(answer: Answer) -> None:
        answer.half()
        sent.set()
        answer.server.over.wait()

    server.behaviour = hang_and_tell
    process = start()
    assert sent.wait(60)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    server.behaviour = well
    [left] = files(cache)
    assert fetch().read_bytes() == server.content
    assert files(cache) == sorted([NAME, left])  # it could be a download that goes on
    os.utime(cache / left, (0, 0))
    fetch()
    assert files(cache) == [NAME]
