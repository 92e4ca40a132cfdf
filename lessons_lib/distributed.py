"""Training in several processes with PyTorch's own tools: ``torchrun --nproc-per-node 2 -m lessons_lib train …``."""

import os

import torch
from torch import distributed


def join() -> None:
    """Join the other processes where ``torchrun`` started this one; with GPUs each process takes one of its own."""
    if not (distributed.is_available() and distributed.is_torchelastic_launched()):
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


def leave() -> None:
    """Wait for the other processes, so that none of them still listens to this one, and leave."""
    if _joined():
        distributed.barrier()
        distributed.destroy_process_group()


def processes() -> int:
    """Return how many processes train together; 1 without ``torchrun``."""
    return distributed.get_world_size() if _joined() else 1


def is_first() -> bool:
    """Return whether this process is the one that prints and writes."""
    return not _joined() or distributed.get_rank() == 0


def _joined() -> bool:
    return distributed.is_available() and distributed.is_initialized()
