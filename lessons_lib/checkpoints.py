"""Checkpoints: models with their vocabulary, and training runs, in safetensors files written all or not at all."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import torch as safetensors
from torch import Tensor

from lessons_lib.files import sha256, whole
from lessons_lib.models import ReviewClassifier
from lessons_lib.vocabulary import Vocab, pack, unpack

FORMAT = "lessons-1"
SHIPPED = Path(__file__).parent / "data" / "checkpoints"
SHA256 = {
    "lstm": "9608d5d004037603da7ec51d662d3a3bcbf785c67c41281361acc2d9f80e249c",
    "bilstm_unlabelled": "ad76234dd11fb58d8e081dd4ffa8a01bfaddb1a86b33f9dd67f7f61b305e3f6d",
}


class CheckpointError(Exception):
    """A checkpoint that is missing, damaged or does not fit; the message says what to do."""


def save(path: Path, model: ReviewClassifier, vocab: Vocab) -> None:
    """Save a model together with the vocabulary it was trained with."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors["vocabulary"] = pack(vocab)
    _write(path, "model", tensors, {"config": model.config})


def load(path: Path) -> tuple[ReviewClassifier, Vocab]:
    """Return a saved model, on the CPU and in evaluation mode, and its vocabulary.

    Raises CheckpointError for a file that is missing, damaged or not a saved model.
    """
    tensors, facts = _read(path, "model")
    with _understood(path):
        vocab, weights, config = unpack(tensors["vocabulary"]), _part(tensors, "model."), facts["config"]
        if len(vocab) != config["vocab_size"]:
            raise ValueError(f"{len(vocab):,} different tokens, where its facts say {config['vocab_size']:,}")
        _check_sizes(config, weights)
        model = ReviewClassifier(**config)
        _check_shapes(weights, model.state_dict())
        model.load_state_dict(weights)
    return model.eval(), vocab


def load_shipped(name: str) -> tuple[ReviewClassifier, Vocab]:
    """Return a model that was trained on IMDb and comes with the course, ``"lstm"`` or ``"bilstm_unlabelled"``.

    Their records say by which command they were trained and how accurate these very files are. No network is needed.

    Raises ValueError for another name, and CheckpointError for a file that is missing or was changed.
    """
    if name not in SHA256:
        raise ValueError(f"no model {name!r} comes with the course: choose one of {', '.join(SHA256)}")
    path = SHIPPED / f"imdb_{name}.safetensors"
    if not path.is_file() or sha256(path) != SHA256[name]:
        raise CheckpointError(f"{path} is missing, or not the file that the course ships: install the course anew")
    return load(path)


def save_training(
    path: Path,
    model: ReviewClassifier,
    best: Mapping[str, Tensor],
    optimizer: torch.optim.Optimizer,
    history: Mapping[str, list[float]],
) -> None:
    """Save a training run after an epoch: the model, its best weights so far, its optimizer, and the measurements.

    The state of torch's random generators is saved too: dropout draws from them.
    """
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    tensors.update({f"best.{name}": tensor for name, tensor in best.items()})
    for number, state in optimizer.state_dict()["state"].items():
        tensors.update({f"optimizer.{number}.{name}": tensor for name, tensor in state.items()})
    tensors.update({f"random.{name}": state for name, state in _random_states().items()})
    _write(path, "training", tensors, {"config": model.config, "history": history})


def load_training(
    path: Path, model: ReviewClassifier, optimizer: torch.optim.Optimizer, measured: Iterable[str]
) -> tuple[dict[str, Tensor], dict[str, list[float]]]:
    """Put a saved run into a model and its optimizer; return its best weights so far and the measurements.

    ``measured`` names the measurements that the run must have.

    Raises CheckpointError for a file that is missing, damaged, not a training run, or of another model or version.
    """
    tensors, facts = _read(path, "training")
    if facts["config"].keys() != model.config.keys():
        raise _other_version(path, f"its settings: {', '.join(facts['config'])}")
    if facts["config"] != model.config:
        raise CheckpointError(
            f"{path} holds another model ({facts['config']}): choose another file, or delete this one"
        )
    with _understood(path):
        history = dict(facts["history"])
    if history.keys() != set(measured):
        raise _other_version(path, f"its measurements: {', '.join(history)}")
    with _understood(path):  # first look at everything, then change something
        weights, best, random = (_part(tensors, f"{part}.") for part in ("model", "best", "random"))
        for part in (weights, best):
            _check_shapes(part, model.state_dict())
        _, epochs = torch.tensor(list(history.values())).shape
        if not epochs:
            raise ValueError("no epoch was measured")
        parameters = optimizer.param_groups[0]["params"]
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _part(tensors, "optimizer.").items():
            number, _, key = name.partition(".")
            if tensor.shape not in ((), parameters[int(number)].shape):
                raise ValueError(f"{name} of the optimizer has the shape {tuple(tensor.shape)}")
            state.setdefault(int(number), {})[key] = tensor
        torch.set_rng_state(random["cpu"])
        if "cuda" in random and torch.cuda.is_available():
            torch.cuda.set_rng_state(random["cuda"])
        model.load_state_dict(weights)
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return best, history


def _random_states() -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    return states | {"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else states


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Say in one clear error whatever goes wrong with the content of a file that another program may have written."""
    try:
        yield
    except Exception as problem:
        raise CheckpointError(
            f"{path} is not a safetensors file, or damaged, or of another program "
            f"({type(problem).__name__}: {' '.join(str(problem).split())}): delete it, and train or copy it anew"
        ) from problem


def _other_version(path: Path, what: str) -> CheckpointError:
    return CheckpointError(
        f"{path} was saved by another version of the course ({what}): delete it and train anew, or use that version"
    )


def _check_sizes(config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
    """Refuse sizes that the weights do not have, before a model of these sizes takes memory."""
    claimed = [config["vocab_size"], config["embed_dim"], config["fc_size"]]
    found = [*weights["embedding.weight"].shape, *weights["fc1.bias"].shape]
    if config["cell"]:
        claimed.append(config["hidden_size"])
        found.append(weights["recurrences.0.weight_hh_l0"].shape[1])
    if claimed != found:
        raise ValueError(f"its facts claim the sizes {claimed}, its weights have {found}")


def _check_shapes(found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    there, needed = (
        {name: (tensor.shape, tensor.is_floating_point()) for name, tensor in tensors.items()}
        for tensors in (found, expected)
    )
    wrong = [name for name in there.keys() | needed.keys() if there.get(name) != needed.get(name)]
    if wrong:
        raise ValueError(f"missing, unknown or of another shape: {', '.join(sorted(wrong))}")


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _write(path: Path, kind: str, tensors: dict[str, Tensor], facts: dict) -> None:
    metadata = {"format": FORMAT, "kind": kind, "facts": json.dumps(facts)}
    contents = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        with whole(path) as unfinished:
            unfinished.write_bytes(safetensors.save(contents, metadata))
    except OSError as problem:
        raise CheckpointError(
            f"{path} could not be written ({problem}): make room on the disk, or choose another folder"
        ) from problem


def _read(path: Path, kind: str) -> tuple[dict[str, Tensor], dict]:
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}: train a model first, or correct the path")
    try:
        data = path.read_bytes()  # at once: safe_open opens a file twice, and another process may replace it in between
    except OSError as problem:
        raise CheckpointError(f"{path} cannot be read ({problem}): copy it to where you may read it") from problem
    with _understood(path):
        tensors, header = safetensors.load(data), data[8 : 8 + int.from_bytes(data[:8], "little")]
        metadata = json.loads(header).get("__metadata__", {})
    if metadata.get("kind") != kind:
        raise CheckpointError(f"{path} is no {kind} checkpoint (its kind: {metadata.get('kind')}): choose another file")
    if metadata.get("format") != FORMAT:
        raise _other_version(path, f"its format is {metadata.get('format')}, and this version reads {FORMAT}")
    with _understood(path):
        facts = json.loads(metadata["facts"])
        if not isinstance(facts, dict) or not isinstance(facts["config"], dict):
            raise ValueError("its facts are no facts of a model")
    return tensors, facts
