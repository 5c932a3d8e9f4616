"""Random coefficients of the variable problems."""

import numpy as np
import xarray as xr

from mlsim.numerics.multigrid.model_problems import lognormal_field
from mlsim.studies.multigrid.settings import Coefficients
from mlsim.training.seeding import numpy_generator

PARTS = ("test", "validation", "train")


def generate(settings: Coefficients, *, seed: int) -> xr.Dataset:
    """Lognormal coefficients on the square and on the line; field ``i`` depends on ``seed`` and ``i`` alone."""
    cells = settings.size + 1
    fields = [
        lognormal_field(
            (cells, cells),
            deviation=settings.deviation,
            length=settings.length,
            rng=numpy_generator(seed, "field", index),
        )
        for index in range(settings.test + settings.validation + settings.train)
    ]
    longest = max(settings.line_sizes) + 1
    line = lognormal_field(
        (longest,), deviation=settings.deviation, length=0.0, rng=numpy_generator(seed, "line coefficients")
    )
    part = np.repeat(np.arange(3, dtype=np.uint8), [settings.test, settings.validation, settings.train])
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
    """Coefficients of one part (train, validation or test), cut down to grids of ``size`` nodes per side."""
    members = np.flatnonzero(data["part"].values == PARTS.index(part))
    return [data["coefficient"].values[index, : size + 1, : size + 1] for index in members]
