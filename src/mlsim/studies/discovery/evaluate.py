"""PDE-FIND: equations from clean and noisy fields by sparse regression, and the effect of its first threshold."""

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.dynamics.evolution_equations import EVOLUTIONS, soliton
from mlsim.numerics.dynamics.sparse_regression import Reduced, reduced, selected
from mlsim.studies.discovery.candidates import (
    Candidates,
    Derivatives,
    Kind,
    Observed,
    candidates,
    inner_rows,
    observed,
    truncated,
    with_noise,
)
from mlsim.studies.discovery.scores import Coefficients, equation_rows, swept_rows
from mlsim.studies.discovery.settings import PdeFind
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator

RIDGE = 1e-5
TRAINING_FRACTION = 0.8
# single solitons
SOLITON_POINTS, SOLITON_TIMES, SOLITON_STEP = 256, 50, 0.025
SOLITON_RANGE = (-10.0, 12.0)
SPEEDS = (5.0, 1.0)


def evaluate(settings: PdeFind, *, data: xr.Dataset, case: str, seed: int, seeds: list[int]) -> pd.DataFrame:
    """Rows of the equation's case, and of ``<case>_thresholds`` and ``<case>_solitons`` if the settings ask for them.

    Args:
        settings: settings of the regression.
        data: from :func:`mlsim.studies.discovery.generate.generate`.
        case: name of the equation.
        seed: seed of the points that are drawn, where not all are used.
        seeds: seeds of the noise.
    """
    clean, truth = observed(data), EVOLUTIONS[data.attrs["equation"]].terms
    sizes = {"snapshots": data.sizes["time"], "points": data.attrs["points"], "noise_seeds": len(seeds)}
    rows = [case_row(case, quantity, size, method="pde_find") for quantity, size in sizes.items()]
    rows += _clean_rows(settings, clean, truth, case=case, seed=seed)
    if settings.solitons:
        rows += soliton_rows(f"{case}_solitons")
    frames = [pd.DataFrame(rows).assign(seed=seed)]
    fitted = Derivatives(kind="polynomials", windows=settings.windows)
    draws = [(level, noise_seed) for level in settings.noise if level > 0 for noise_seed in seeds]
    for level, noise_seed in progress(draws, total=len(draws), label="noisy data"):
        noisy = with_noise(clean, percent=level, rng=numpy_generator(noise_seed, "noise", case, f"{level:g}"))
        noisy = truncated(noisy, rank=settings.rank) if settings.rank else noisy
        problems = _problems(settings, noisy, fitted, seed=seed)
        rows = _regression_rows(problems, truth, first=settings.noisy_first, case=case, method="pde_find", x=level)
        frames.append(pd.DataFrame(rows).assign(seed=noise_seed))
    return pd.concat(frames, ignore_index=True)


class Problem:
    """Columns and one time derivative, split into training rows and test rows."""

    def __init__(self, names: list[str], columns: np.ndarray, rate: np.ndarray) -> None:
        self.names = names
        train = training_rows(len(rate))
        self.train, self.test = (reduced(columns[part], rate[part]) for part in (train, ~train))

    def equation(self, first: float) -> Coefficients:
        """Coefficients of the selected terms, for a first threshold."""
        w = selected(self.train, self.test, penalty=RIDGE, first=first).weights
        return {name: _scalar(value) for name, value in zip(self.names, w, strict=True) if value != 0}

    def known_terms(self, terms: Coefficients) -> Coefficients:
        """Coefficients by least squares on all rows, where the terms are known."""
        both = Reduced(
            columns=np.concatenate([self.train.columns, self.test.columns]),
            target=np.concatenate([self.train.target, self.test.target]),
        )
        w = both.least_squares(np.array([name in terms for name in self.names]))
        return {name: _scalar(value) for name, value in zip(self.names, w, strict=True) if name in terms}


def training_rows(count: int) -> np.ndarray:
    """Mask of the training rows, split as in the published code, on which the published digits depend.

    Repeats ``np.random.seed(0); np.random.choice(count, ..., replace=False)`` without the global state.
    """
    train = np.zeros(count, dtype=bool)
    train[np.random.RandomState(0).choice(count, int(TRAINING_FRACTION * count), replace=False)] = True
    return train


def soliton_rows(case: str) -> list[Row]:
    """Single solitons of the Korteweg-de Vries equation, and both observations together; ``x`` = speed.

    One travelling wave solves ``u_t = -c u_x`` as well. Only observations with two speeds distinguish the equations.
    """
    x = np.linspace(*SOLITON_RANGE, SOLITON_POINTS)
    times = SOLITON_STEP * np.arange(1, SOLITON_TIMES + 1)
    parts: list[Candidates] = []
    rows: list[Row] = []
    for speed in SPEEDS:
        waves = np.stack([soliton(x, speed=speed, place=speed * t - 3.0) for t in times])[:, None]
        data = Observed(fields=waves, names=("u",), time_step=SOLITON_STEP, spacing=float(x[1] - x[0]))
        parts.append(candidates(data, Derivatives(kind="differences"), order=5, degree=2))
        recovered = Problem(parts[-1].names, parts[-1].columns, parts[-1].rates[0]).equation(5.0)
        rows += equation_rows(case, [recovered], [{"u_x": -speed}], x=speed, method="pde_find")
    columns = np.concatenate([part.columns for part in parts])
    recovered = Problem(parts[0].names, columns, np.concatenate([part.rates[0] for part in parts])).equation(5.0)
    truth = EVOLUTIONS["kdv"].terms
    return rows + equation_rows(f"{case}_together", [recovered], truth, x=np.nan, method="pde_find")


def _clean_rows(
    settings: PdeFind, clean: Observed, truth: tuple[Coefficients, ...], *, case: str, seed: int
) -> list[Row]:
    """Rows of clean data; with a sweep also those of its thresholds and of Fourier derivatives."""
    kinds: dict[Kind, str] = {settings.clean: "pde_find"}
    if settings.sweep:
        kinds["spectral"] = "pde_find_spectral"
    rows: list[Row] = []
    for kind, method in kinds.items():
        derivatives = Derivatives(kind=kind, windows=settings.clean_windows or settings.windows)
        problems = _problems(settings, clean, derivatives, seed=seed)
        rows += _regression_rows(problems, truth, first=settings.first, case=case, method=method, x=0.0)
        for first in settings.sweep:
            recovered = [problem.equation(first) for problem in problems]
            rows += swept_rows(f"{case}_thresholds", recovered, truth, x=first, method=method)
    return rows


def _problems(settings: PdeFind, data: Observed, derivatives: Derivatives, *, seed: int) -> list[Problem]:
    """One regression problem per unknown."""
    chosen = inner_rows(data, derivatives, margin=settings.margin)
    if 0 < settings.sample < len(chosen):
        chosen = np.sort(numpy_generator(seed, "sampled points").choice(chosen, settings.sample, replace=False))
    terms = candidates(data, derivatives, order=settings.order, degree=settings.degree, chosen=chosen)
    return [Problem(terms.names, terms.columns, rate) for rate in terms.rates]


def _regression_rows(
    problems: list[Problem], truth: tuple[Coefficients, ...], *, first: float, case: str, method: str, x: float
) -> list[Row]:
    """Rows of sparse regression, and of least squares on the true terms."""
    recovered = [problem.equation(first) for problem in problems]
    known = [problem.known_terms(terms) for problem, terms in zip(problems, truth, strict=True)]
    rows = equation_rows(case, recovered, truth, x=x, method=method)
    return rows + equation_rows(case, known, truth, x=x, method=f"{method}_known_terms")


def _scalar(value: complex) -> complex:
    return complex(value) if np.iscomplexobj(value) else float(np.real(value))
