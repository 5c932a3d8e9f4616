"""Random coefficients of problems with variable coefficients."""

from functools import partial

import numpy as np
import xarray as xr

from mlsim.numerics.multigrid.model_problems import lognormal_field
from mlsim.studies.multigrid.settings import Coefficients
from mlsim.training.seeding import numpy_generator

PARTS = ("test", "validation", "train")


def generate(settings: Coefficients, *, seed: int) -> xr.Dataset:
    """Lognormal coefficients on the square and on the line; field ``i`` depends on ``seed`` and ``i`` alone."""
    cells = settings.size + 1
    counts = [settings.test, settings.validation, settings.train]
    draw = partial(lognormal_field, deviation=settings.deviation)
    fields = [
        draw((cells, cells), length=settings.length, rng=numpy_generator(seed, "field", index))
        for index in range(sum(counts))
    ]
    longest = max(settings.line_sizes) + 1
    line = draw((longest,), length=0.0, rng=numpy_generator(seed, "line coefficients"))
    part = np.repeat(np.arange(3, dtype=np.uint8), counts)
    about = {"units": "1", "long_name": "coefficient of every cell, its logarithm of mean zero"}
    meaning = {"units": "1", "long_name": "part of the field", "flag_values": [0, 1, 2], "flag_meanings": list(PARTS)}
    return xr.Dataset(
        {
            "coefficient": (("field", "y", "x"), np.stack(fields), about),
            "line_coefficient": (("cell",), line, about),
            "part": (("field",), part, meaning),
        },
        attrs={"line_sizes": list(settings.line_sizes)},
    )


def fields_of(data: xr.Dataset, part: str, *, size: int) -> list[np.ndarray]:
    """Coefficients of one part (train, validation or test), restricted to grids of ``size`` nodes per side."""
    members = np.flatnonzero(data["part"].values == PARTS.index(part))
    return [data["coefficient"].values[index, : size + 1, : size + 1] for index in members]
