"""Read an answer, whatever its form, name it, and compare it with the right one."""

import math
from numbers import Number, Real

import numpy as np
import torch
from torch import Tensor

LONGEST = 10_000  # no answer holds more numbers than that

Plain = bool | Real | str | Tensor | tuple["Plain", ...] | frozenset["Plain"]


class Refused(Exception):
    """An answer of another kind than the question asks for; the text says which two kinds."""


def read(value: object, like: object) -> Plain:
    """Return a value in the form of ``like``: a tensor on the CPU, a tuple, a set, a number, a string or a bool.

    Lists, ``torch.Size``, arrays and tensors stand for tuples, numbers of any type for numbers. Raises Refused
    for anything else.
    """
    if isinstance(like, Tensor):
        return _read_tensor(value)
    if isinstance(like, tuple | list):
        items = _items(value, like)
        likes = [*like, *like[-1:] * (len(items) - len(like))] if like else items
        return tuple(_read_part(value, part, other) for part, other in zip(items, likes, strict=False))
    if isinstance(like, set):
        return frozenset(_read_part(value, part, next(iter(like))) for part in _items(value, like))
    if isinstance(value, Tensor | np.ndarray | np.generic) and math.prod(value.shape) == 1:
        value = value.item()
    if isinstance(like, str) and isinstance(value, str):
        return value.strip()
    if isinstance(value, Real) and isinstance(value, bool) == isinstance(like, bool) and not isinstance(like, str):
        return value
    raise _refuse(value, like)


def _read_part(whole: object, part: object, like: object) -> Plain:
    try:
        return read(part, like)
    except Refused as refusal:
        raise Refused(f"{describe(whole)} that holds {refusal}") from None


def _read_tensor(value: object) -> Tensor:
    try:
        if isinstance(value, tuple | list) and all(isinstance(item, Tensor) for item in value):
            value = torch.stack(list(value))
        if isinstance(value, Tensor | np.ndarray) or (isinstance(value, tuple | list) and len(value) <= LONGEST):
            return torch.as_tensor(value).detach().cpu()
    except (TypeError, ValueError, RuntimeError):  # it is no rectangle of numbers
        pass
    raise _refuse(value, torch.empty(0))


def _items(value: object, like: tuple | list | set) -> list:
    depth = 2 if isinstance(next(iter(like), 0), tuple | list) else 1
    if isinstance(value, Tensor | np.ndarray) and value.ndim == depth and math.prod(value.shape) <= LONGEST:
        return value.tolist()
    kinds = (tuple, list, range, set, frozenset) if isinstance(like, set) else (tuple, list, range)
    if isinstance(value, kinds) and len(value) <= LONGEST:
        return list(value)
    if isinstance(value, Number) and (len(like) == 1 or isinstance(like, set)):  # in Python (5) is a number
        return [value]
    raise _refuse(value, like)


def _refuse(value: object, like: object) -> Refused:
    text = f"{describe(value)}, and {_kind(like)} is asked for."
    if isinstance(value, str) and _kind(like).endswith(("number", "numbers", "True or False")):
        text += " Leave out the quotes."
    if callable(value):
        text += " Call it, and give what it returns."
    return Refused(text)


def _kind(like: object) -> str:
    """Name what is asked for."""
    if not isinstance(like, tuple | list | set):
        return {Tensor: "a tensor", bool: "True or False", str: "a string"}.get(type(like), "a number")
    inner = next(iter(like), 0)
    names = {tuple: "tuples", list: "lists", str: "strings", bool: "True or False"}
    return f"a {type(like).__name__} of {names.get(type(inner), 'numbers')}"


def describe(value: object) -> str:
    """Name a value in a few words, without trusting it."""
    try:
        if value is None or isinstance(value, bool):
            return str(value)
        if isinstance(value, Tensor | np.ndarray) and value.ndim:
            return f"{'a tensor' if isinstance(value, Tensor) else 'an array'} of shape {tuple(value.shape)}"
        if isinstance(value, tuple | list):
            return f"a {'list' if isinstance(value, list) else 'tuple'} of length {len(value)}"
        if isinstance(value, Number | Tensor | np.ndarray):
            return f"{float(value):.6g}"
        if isinstance(value, str):
            return "a string"
        return "a function" if callable(value) else f"an object of type {type(value).__name__}"
    except Exception:
        return "an object"


def same(given: Plain, wanted: object) -> bool:
    """Compare an answer that was read with one of the key: whole numbers exactly, others to 1 % or to two digits."""
    if isinstance(wanted, Tensor):
        wanted = wanted.detach().cpu()
        return given.shape == wanted.shape and torch.allclose(given.double(), wanted.double(), rtol=1e-4, atol=1e-5)
    if isinstance(wanted, tuple | list):
        return len(given) == len(wanted) and all(map(same, given, wanted))
    if isinstance(wanted, float):
        return math.isclose(given, wanted, rel_tol=0.01, abs_tol=1e-6) or given == round(wanted, 2) != 0
    return given == wanted
