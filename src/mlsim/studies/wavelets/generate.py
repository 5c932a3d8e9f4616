"""Ensembles of signals: smooth, piecewise smooth, ground states of the nonlinear Schroedinger equation."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.periodic.random_signals import random_pieces, random_waves
from mlsim.numerics.periodic.trigonometric_interpolation import points
from mlsim.numerics.waves.schroedinger import ground_states
from mlsim.studies.wavelets.settings import Signals
from mlsim.training.seeding import numpy_generator

PARTS = ("test", "validation", "train")
SHORTEST_PIECE = 0.1
Draw = Callable[..., np.ndarray]  # of rng


def generate(settings: Signals, *, seed: int) -> xr.Dataset:
    """All ensembles; signal ``i`` of an ensemble depends on ``seed`` and ``i`` alone."""
    counts = {"test": settings.test, "validation": settings.validation, "train": settings.train}
    part = np.repeat(np.arange(3, dtype=np.uint8), list(counts.values()))

    def signals(name: str, draw: Draw) -> np.ndarray:
        return np.concatenate([draw(rng=numpy_generator(seed, name, index)) for index in range(part.size)])

    waves = partial(random_waves, 1, settings.points, modes=settings.modes, decay=settings.decay)
    pieces = partial(
        random_pieces,
        1,
        settings.points,
        pieces=settings.pieces,
        modes=settings.modes,
        decay=settings.decay,
        gap=SHORTEST_PIECE,
    )
    potentials = signals("potential", partial(gaussian_wells, 1, settings.points))
    # part by part: in one batch Newton's method would stop when the last of all samples has converged
    states = [ground_states(potentials[part == p], interaction=settings.interaction).state for p in range(3)]
    ensembles = {
        "smooth": (signals("smooth", waves), "random trigonometric polynomial"),
        "piecewise_smooth": (signals("piecewise smooth", pieces), "random trigonometric polynomials between jumps"),
        "ground_states": (np.concatenate(states), "ground state of the nonlinear Schroedinger equation"),
    }
    meaning = {"units": "1", "long_name": "part of the signal", "flag_values": [0, 1, 2], "flag_meanings": list(PARTS)}
    return xr.Dataset(
        {
            **{
                name: (("signal", "point"), values, {"units": "1", "long_name": description})
                for name, (values, description) in ensembles.items()
            },
            "part": (("signal",), part, meaning),
        },
        coords={"x": (("point",), points(settings.points), {"units": "1", "long_name": "position on the ring"})},
    )


def signals_of(data: xr.Dataset, ensemble: str, part: str) -> Float[Tensor, "signals points"]:
    """Signals of one ensemble and one part (test, validation or train), each scaled to norm one."""
    chosen = data[ensemble].values[data["part"].values == PARTS.index(part)]
    signals = torch.from_numpy(chosen)
    return signals / signals.norm(dim=1, keepdim=True)
