"""Random conductivities and their effective conductivity."""

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.flow.effective_conductivity import effective_conductivity
from mlsim.studies.surrogate.settings import Fields
from mlsim.training.seeding import numpy_generator


def generate(settings: Fields, *, seed: int, seeds: list[int]) -> xr.Dataset:
    """All parts: ``test``, ``wide`` (a wider distribution), ``validation``, ``calibration``, ``train_<seed>``.

    Each part has its own random generator: none depends on the size or number of the others.
    """
    counts = {"test": settings.test, "wide": settings.test}
    counts |= {"validation": settings.validation, "calibration": settings.calibration}
    counts |= {f"train_{training}": max(settings.samples) for training in seeds}
    variables = {}
    for part, count in counts.items():
        spread = settings.wide_spread if part == "wide" else settings.spread
        drawn = numpy_generator(seed, "fields", part).uniform(-spread, spread, (count, settings.side, settings.side))
        output = exact(torch.from_numpy(drawn)).numpy()
        about = {"units": "1", "long_name": "logarithm of the conductivity of the cells"}
        variables[f"{part}_field"] = ((part, "row", "column"), drawn, about)
        variables[f"{part}_output"] = (part, output, about | {"long_name": "logarithm of the effective conductivity"})
    return xr.Dataset(variables)


def exact(fields: Float[Tensor, "samples rows columns"]) -> Float[Tensor, " samples"]:
    """Logarithm of the effective conductivity from the logarithms of the cells."""
    return effective_conductivity(fields.exp()).log()


def part(
    data: xr.Dataset, name: str, count: int | None = None
) -> tuple[Float[Tensor, "samples rows columns"], Float[Tensor, " samples"]]:
    """Fields and outputs of one part, or of its first samples, in double precision."""
    field, output = (torch.from_numpy(np.asarray(data[f"{name}_{key}"].values[:count])) for key in ("field", "output"))
    return field, output
