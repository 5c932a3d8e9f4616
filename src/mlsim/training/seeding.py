"""Named random generators from one integer, and save and restore of global random state."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np
import torch


def seed_sequence(seed: int, *names: str | int) -> np.random.SeedSequence:
    """Seed sequence of the stream with these names, independent of all streams with other names.

    Args:
        seed: the integer of the configuration, not negative.
        names: texts and numbers; equal names in equal order give equal streams.

    >>> a, b = (numpy_generator(0, "load case", i).random() for i in (1, 1))
    >>> a == b, a == numpy_generator(0, "load case", 2).random()
    (True, False)
    """
    keys = [int.from_bytes(hashlib.sha256(repr(name).encode()).digest()[:8], "little") for name in names]
    return np.random.SeedSequence([seed, *keys])


def numpy_generator(seed: int, *names: str | int) -> np.random.Generator:
    """numpy generator of the named stream."""
    return np.random.default_rng(seed_sequence(seed, *names))


def torch_generator(seed: int, *names: str | int) -> torch.Generator:
    """torch generator (CPU) of the named stream."""
    return torch.Generator().manual_seed(torch_seed(seed, *names))


def torch_seed(seed: int, *names: str | int) -> int:
    """Seed for torch, below 2**63, of the named stream."""
    return _torch_seed(seed_sequence(seed, *names))


def _torch_seed(stream: np.random.SeedSequence) -> int:
    return int(stream.generate_state(1, np.uint64)[0] >> 1)


class Seeder(Protocol):
    """Sets the global random state of torch and numpy to a named stream."""

    def __call__(self, seed: int, *names: str | int) -> None: ...


@contextmanager
def fenced_randomness() -> Iterator[Seeder]:
    """Save and restore the global random state; yields a function that seeds it with a named stream.

    The state is that of numpy, of torch on the CPU and, where CUDA is in use on entry, on the current GPU.
    """
    numpy_state = np.random.get_state()
    # where CUDA is not in use it stays so: forking its state would open every GPU
    devices = [torch.cuda.current_device()] if torch.cuda.is_initialized() else []
    # without an open GPU, torch.manual_seed keeps a formatted stack for each call, and a fit calls this each step
    manual_seed = torch.manual_seed if devices else torch.default_generator.manual_seed

    def seeder(seed: int, *names: str | int) -> None:
        stream = seed_sequence(seed, *names)
        manual_seed(_torch_seed(stream))
        np.random.seed(int(stream.generate_state(1)[0]))

    with torch.random.fork_rng(devices=devices):
        try:
            yield seeder
        finally:
            np.random.set_state(numpy_state)


@contextmanager
def global_randomness(seed: int, *names: str | int) -> Iterator[None]:
    """Global random state of torch and numpy set to the named stream, and restored afterwards.

    For code that offers no generator argument, such as dropout.
    """
    with fenced_randomness() as seeder:
        seeder(seed, *names)
        yield
