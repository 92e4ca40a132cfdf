"""Training in two processes: the averaged gradients are those of one process on the joint batch."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from torch import nn

from lessons_lib import archive, records
from lessons_lib.batches import BucketSampler, Example, collate
from lessons_lib.models import ReviewClassifier

SCRIPT = """
import sys
import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel
from lessons_lib.distributed import is_first, join, leave
from tests.test_distributed import examples, new_model
from lessons_lib.batches import bucketed_loader

join()
model = new_model()
loader = bucketed_loader(examples(), batch_size=4, shuffle=True)
batches = list(loader)
assert len(batches) == len(loader) == 3
tokens, labels, lengths = batches[0]
parallel = DistributedDataParallel(model)
logits = parallel(tokens, lengths)
nn.functional.binary_cross_entropy_with_logits(logits, labels).backward()
everyone = [None, None]
distributed.all_gather_object(everyone, [batch.tokens.tolist() for batch in batches])
if is_first():
    gradients = {name: weight.grad for name, weight in model.named_parameters()}
    torch.save({"batches": everyone, "gradients": gradients}, sys.argv[1])
leave()
"""


def examples() -> list[Example]:
    """24 reviews, each of other words."""
    return [Example(torch.arange(2 + n, 5 + n + n % 5), float(n % 2)) for n in range(24)]


def new_model() -> ReviewClassifier:
    torch.manual_seed(1)
    return ReviewClassifier(40, embed_dim=4, hidden_size=8, fc_size=8, bidirectional=True)


def torchrun(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *arguments]
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)


@pytest.fixture(autouse=True)
def gloo() -> None:
    if not torch.distributed.is_available():
        pytest.skip("this torch was built without distributed training")


def test_the_averaged_gradients_are_those_of_the_joint_batch(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    run = torchrun("script.py", "result.pt", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    result = torch.load(tmp_path / "result.pt", weights_only=True)

    by_tokens = {tuple(example.tokens.tolist()): example for example in examples()}
    shares = [[tuple(filter(None, row)) for batch in share for row in batch] for share in result["batches"]]
    assert sorted([*shares[0], *shares[1]]) == sorted(by_tokens)  # each review once, in one of the two processes

    joint = collate([by_tokens[tuple(filter(None, row))] for share in result["batches"] for row in share[0]])
    model = new_model()
    logits = model(joint.tokens, joint.lengths)
    nn.functional.binary_cross_entropy_with_logits(logits, joint.labels).backward()
    for name, weight in model.named_parameters():
        torch.testing.assert_close(result["gradients"][name], weight.grad, rtol=0, atol=1e-6)


def test_the_command_trains_in_two_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_archive: Callable[[Mapping[str, str]], Path]
) -> None:
    members = {
        f"aclImdb/{split}/{label}/{number}_{rating}.txt": f"{word} film number {number}"
        for split in ("train", "test")
        for label, rating, word in (("neg", 2, "dull"), ("pos", 9, "warm"))
        for number in range(10)
    }
    monkeypatch.setenv(archive.LOCAL_COPY, str(write_archive(members)))
    monkeypatch.setenv("LESSONS_CACHE", str(tmp_path / "cache"))
    run = torchrun("-m", "lessons_lib", "train", "--data", "imdb", "--model", "bilstm", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("validation accuracy") == 1
    record = records.load("imdb", "bilstm", tmp_path / "runs")
    assert record.facts["parameters"]["processes"] == 2
    assert len(record.seeds[0]["valid_accuracies"]) == record.facts["parameters"]["epochs"]


def test_without_torchrun_one_process_gets_every_batch() -> None:
    sampler = BucketSampler([1, 2, 3, 4, 5], batch_size=2, shuffle=True)
    assert sorted(index for batch in sampler for index in batch) == [0, 1, 2, 3, 4]
    assert len(sampler) == 3
