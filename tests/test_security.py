"""Nothing runs text as code, unpickles what comes from outside, starts a shell, unpacks archives, or opens Jupyter."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_server.serverapp import ServerApp

from lessons_lib import lab
from tools.set_repository import ROOT

RUNS_TEXT = {"eval", "exec", "builtins.eval", "builtins.exec"}
STARTS_A_SHELL = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
UNPACKS = {"extract", "extractall", "unpack_archive"}
UNPICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "pandas.read_pickle"}


def unsafe(tree: ast.Module) -> Iterator[str]:
    """Yield each unsafe call or import of a module, with its line."""
    names = dict(imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found = [module for module in modules if module.partition(".")[0] in UNPICKLES]
        elif isinstance(node, ast.Call):
            found = list(faults(called(node.func, names), node))
        else:
            found = []
        yield from (f"line {node.lineno}: {fault}" for fault in found)


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names that a module imports under another name or from elsewhere, and what each stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def called(function: ast.expr, names: dict[str, str]) -> str:
    """Return the dotted name of what is called; what is no name at its root, such as a result, is left out."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.insert(0, function.attr)
        function = function.value
    root = names.get(function.id, function.id) if isinstance(function, ast.Name) else ""
    return ".".join([root, *parts])


def faults(name: str, call: ast.Call) -> Iterator[str]:
    """Yield what is unsafe in one call."""
    options = {keyword.arg: getattr(keyword.value, "value", None) for keyword in call.keywords}
    if name in RUNS_TEXT | STARTS_A_SHELL | UNPICKLES or name.rpartition(".")[2] in UNPACKS:
        yield name
    if name == "torch.load" and options.get("weights_only") is not True:
        yield "torch.load without weights_only=True"
    if "shell" in options and options["shell"] is not False:
        yield f"{name} with a shell"
    if "allow_pickle" in options and options["allow_pickle"] is not False:
        yield f"{name} with pickle"


def code_of(path: Path) -> str:
    """Return the Python of a module, or of a notebook's code cells with their magics turned into calls."""
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return "\n".join(TransformerManager().transform_cell(source) for source in cells)


SOURCES = [
    path.relative_to(ROOT)
    for folder, kind in (("lessons_lib", "*.py"), ("tools", "*.py"), ("figures", "*.py"), ("notebooks", "[0-9]*.ipynb"))
    for path in sorted((ROOT / folder).rglob(kind))
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
]


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_nothing_unsafe_is_called(path: Path) -> None:
    assert not list(unsafe(ast.parse(code_of(ROOT / path))))


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')",
        "import builtins as b\nb.exec('1')",
        "import pickle",
        "from joblib import load",
        "import pandas as pd\npd.read_pickle(path)",
        "import torch\ntorch.load(path)",
        "from torch import load as read\nread(path, weights_only=False)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import os\nos.system('ls')",
        "from subprocess import run\nrun('ls', shell=True)",
        "import tarfile\ntarfile.open(path).extractall()",
        "with open_tar(path) as tar:\n    tar.extract(member, filter='data')",
        "import shutil\nshutil.unpack_archive(path)",
    ],
)
def test_the_search_finds(code: str) -> None:
    assert len(list(unsafe(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "model.eval()",
        "import torch\ntorch.load(path, weights_only=True)",
        "tar.extractfile(member).read()",
        "import subprocess\nsubprocess.run(['ls'], check=True, shell=False)",
    ],
)
def test_the_search_leaves_alone(code: str) -> None:
    assert not list(unsafe(ast.parse(code)))


# JupyterLab


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the course passes to JupyterLab, with all that it can add: it runs as root, and there is no screen."""
    commands: list[list[str]] = []

    def note(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(lab.subprocess, "run", note)
    monkeypatch.setattr(lab.sys, "platform", "linux")
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0, raising=False)
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "01_load.ipynb").touch()
    lab.open_lab(tmp_path)
    [command] = commands
    return command[command.index("lab") + 1 :]


def test_jupyterlab_is_told_nothing_but_its_folder_its_first_page_and_where_it_runs(arguments: list[str]) -> None:
    options = {argument.partition("=")[0] for argument in arguments}
    assert options == {"--ServerApp.root_dir", "--LabApp.default_url", "--allow-root", "--no-browser"}


def test_jupyterlab_keeps_its_token_and_answers_this_machine_only(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("JUPYTER_TOKEN", "JUPYTER_TOKEN_FILE", "JUPYTER_IP"):
        monkeypatch.delenv(variable, raising=False)
    server = ServerApp()
    server.parse_command_line(arguments)
    identity = server.identity_provider_class(config=server.config)
    assert len(identity.token) >= 32
    assert identity.token_generated
    assert server.ip == "localhost"
    assert not server.allow_remote_access and not server.allow_origin and not server.allow_origin_pat
    assert not server.disable_check_xsrf
