"""Every lesson in a real JupyterLab: opened in headless Chromium, run by its menu, and judged by the file it saves."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from lessons_lib import lab
from tools.set_repository import ROOT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    *("--no-sandbox", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SCREENSHOTS = ROOT / "dist" / "browser"
START_LAB = "import sys; from pathlib import Path; from lessons_lib import lab; lab.open_lab(Path(sys.argv[1]))"
SECONDS = 300  # for a lesson, or any other step, on a busy machine
WIDGETS = {
    "00": 'widgets.own_sentence(model, vocab, "not good", interactive=True)',
    "04": "widgets.padding_lab(read, review, other, interactive=True)",
    "10": "widgets.look_inside(book, book_words, mine, interactive=True)",
}
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"  # all that a lesson shows from elsewhere
EMPTY = "<svg xmlns='http://www.w3.org/2000/svg'/>"

# JupyterLab's debugger panel says so when a kernel is restarted while the panel still asks it something.
HARMLESS = "Could not restore the debugger state: Canceled future for debug_request message before replies were done"


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs: its address, its token, and the folder with the learner's copies."""

    address: str
    token: str
    folder: Path

    def ask(self, path: str, method: str = "GET") -> bytes:
        """Return what the server answers to a request that carries the token."""
        request = Request(self.address + path, method=method, headers={"Authorization": f"token {self.token}"})
        with urlopen(request, timeout=60) as answer:
            return answer.read()

    def is_idle(self, name: str) -> bool:
        """Return whether the kernel of a notebook is idle; it is not before it has started, whatever the page says."""
        sessions = json.loads(self.ask("/api/sessions"))
        return [session["kernel"]["execution_state"] for session in sessions if session["path"] == name] == ["idle"]


def wait(what: str, ready: Callable[[], object]) -> None:
    """Ask until something is ready; raises AssertionError, with what it waited for, when the time is over."""
    end = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < end, f"not within {SECONDS} s: {what}"
        time.sleep(1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.skip(f"there is no browser on the path: {', '.join(CHROMIUM)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def jupyter(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab as ``python -m lessons_lib lab`` opens it, on copies without outputs, with settings of its own."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("work")
    for copy in lab.copy_lessons(folder):
        prepare(copy)
    settings = home / "lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(NO_NEWS), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Lab(f"http://localhost:{port}", secrets.token_hex(), folder)
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment |= {"JUPYTER_PORT": str(port), "JUPYTER_TOKEN": running.token, "LESSONS_DATA": "sample"}
    environment |= {"JUPYTER_CONFIG_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    log = home / "jupyterlab.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", START_LAB, folder], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait(f"JupyterLab, whose log is {log}", lambda: server.poll() is not None or answers(running))
        assert server.poll() is None, log.read_text(encoding="utf-8")
        yield running
        running.ask("/api/shutdown", "POST")
        server.wait(60)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def prepare(copy: Path) -> None:
    """Clear the outputs of a lesson, so that all that it saves is of this run, and ask for its widget at its end."""
    lesson = nbformat.read(copy, as_version=4)
    for cell in code_cells(lesson):
        cell.update(outputs=[], execution_count=None)
    if call := WIDGETS.get(copy.name[:2]):
        lesson.cells.append(nbformat.v4.new_code_cell(f"from lessons_lib import widgets\n\n{call}"))
    nbformat.write(lesson, copy)


def answers(running: Lab) -> bool:
    """Return whether the server has started to listen."""
    try:
        return bool(running.ask("/api/status"))
    except (URLError, ConnectionError):
        return False


def code_cells(lesson: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in lesson.cells if cell.cell_type == "code"]


def is_complaint(message: ConsoleMessage) -> bool:
    """Return whether the page writes an error to its console."""
    return message.type == "error" and message.text != HARMLESS


def failures(lesson: NotebookNode) -> list[str]:
    """Return the errors among the outputs."""
    outputs = [output for cell in code_cells(lesson) for output in cell.outputs]
    return [f"{output.ename}: {output.evalue}" for output in outputs if output.output_type == "error"]


def with_picture(lesson: NotebookNode) -> list[int]:
    """Return the indices of the cells that show a picture."""
    return [index for index, cell in enumerate(lesson.cells) if "image/png" in str(cell.get("outputs"))]


@pytest.fixture
def problems() -> list[str]:
    """What the page complains about."""
    return []


@pytest.fixture
def page(browser: Browser, jupyter: Lab, problems: list[str]) -> Iterator[Page]:
    """An empty page, after which no kernel is left over."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(SECONDS * 1000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if is_complaint(message) else None)
    page.route(BADGE, lambda route: route.fulfill(content_type="image/svg+xml", body=EMPTY))
    yield page
    page.close()
    for session in json.loads(jupyter.ask("/api/sessions")):
        jupyter.ask(f"/api/sessions/{session['id']}", "DELETE")


def choose(page: Page, *entries: str) -> None:
    """Choose from JupyterLab's menus: the menu, then each entry by the beginning of its name."""
    for menu, entry in enumerate(entries):
        bar = page.locator(".lm-MenuBar-itemLabel" if menu == 0 else ".lm-Menu-itemLabel")
        bar.filter(has_text=re.compile(f"^{re.escape(entry)}")).first.click()


def save(page: Page) -> None:
    """Save the open notebook, and wait until the server has it."""
    with page.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url):
        choose(page, "File", "Save Notebook")


def scroll_to(page: Page, index: int) -> Locator:
    """Scroll to a cell of a notebook, by its index, and return it: JupyterLab draws only those that are in view."""
    found = page.locator(f".jp-Cell[data-windowed-list-index='{index}']")
    scroller = page.locator(".jp-WindowedPanel-outer")
    scroller.evaluate("panel => { panel.scrollTop = 0 }")
    wait(f"cell {index} in view", lambda: found.count() or scroller.evaluate("panel => { panel.scrollTop += 500 }"))
    found.scroll_into_view_if_needed()
    return found


def wait_for_picture(cell: Locator) -> Locator:
    """Wait until the first picture below a cell is drawn, and return it."""
    picture = cell.locator(".jp-OutputArea img").first
    wait("a picture", lambda: picture.evaluate("image => image.complete && image.naturalWidth > 0"))
    picture.scroll_into_view_if_needed()
    assert picture.is_visible()
    return picture


def open_lesson(jupyter: Lab, page: Page, name: str) -> None:
    """Open a notebook and wait until its kernel has started."""
    page.goto(f"{jupyter.address}/lab/tree/{name}?reset&token={jupyter.token}")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    wait("the first kernel", lambda: jupyter.is_idle(name))


def run_all(jupyter: Lab, page: Page, name: str) -> NotebookNode:
    """Run an open lesson by *Restart Kernel and Run All Cells*, save it, and return what is in the file."""
    choose(page, "Kernel", "Restart Kernel and Run All Cells")
    page.locator(".jp-Dialog button.jp-mod-accept").click()

    def is_over() -> bool:
        if not jupyter.is_idle(name):
            return False
        save(page)
        lesson = nbformat.read(jupyter.folder / name, as_version=4)
        return bool(failures(lesson) or code_cells(lesson)[-1].execution_count)

    wait("the last cell", is_over)
    wait("the kernel at rest", lambda: jupyter.is_idle(name))
    save(page)
    return nbformat.read(jupyter.folder / name, as_version=4)


def use(widget: Locator) -> None:
    """Type a review into the field of a widget, or move its slider by one."""
    field, slider = widget.locator("input[type=text]"), widget.locator(".noUi-handle")
    if field.count():
        field.first.fill("a wonderful film")
        field.first.press("Enter")
    else:
        slider.press("ArrowRight")


@pytest.mark.parametrize("lesson", [path.stem for path in lab.lessons().values()])
def test_it_runs(jupyter: Lab, page: Page, problems: list[str], lesson: str) -> None:
    open_lesson(jupyter, page, f"{lesson}.ipynb")
    saved = run_all(jupyter, page, f"{lesson}.ipynb")
    assert not failures(saved)
    counts = [cell.execution_count for cell in code_cells(saved)]
    assert counts == list(range(1, len(counts) + 1))

    if pictures := with_picture(saved):
        wait_for_picture(scroll_to(page, pictures[0]))
    page.screenshot(path=SCREENSHOTS / f"{lesson}.png")

    if lesson[:2] in WIDGETS:
        widget = scroll_to(page, len(saved.cells) - 1)
        first = wait_for_picture(widget).get_attribute("src")
        use(widget)
        wait("another picture", lambda: wait_for_picture(widget).get_attribute("src") != first)
        page.screenshot(path=SCREENSHOTS / f"{lesson}_widget.png")
    assert not problems


def test_pictures_are_drawn_in_the_dark_theme(jupyter: Lab, page: Page, problems: list[str]) -> None:
    lesson = shutil.copy(lab.lessons()["00"], jupyter.folder / "dark.ipynb")
    open_lesson(jupyter, page, "dark.ipynb")
    choose(page, "Settings", "Theme", "JupyterLab Dark")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    wait_for_picture(scroll_to(page, with_picture(nbformat.read(lesson, as_version=4))[0]))
    page.screenshot(path=SCREENSHOTS / "dark.png")
    assert not problems


def test_nothing_is_told_without_the_token(jupyter: Lab) -> None:
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"{jupyter.address}/api/contents", timeout=60)
