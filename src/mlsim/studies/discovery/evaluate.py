"""PDE-FIND: equations from fields by sparse regression, for clean and noisy data, and what its settings decide."""

from collections.abc import Mapping

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
from mlsim.studies.discovery.scores import SWEPT, equation_rows
from mlsim.studies.discovery.settings import PdeFind
from mlsim.tables import Row, case_row
from mlsim.training.seeding import numpy_generator

RIDGE = 1e-5
TRAINING_SHARE = 0.8
Found = dict[str, complex]


def evaluate(settings: PdeFind, *, data: xr.Dataset, case: str, seed: int, seeds: list[int]) -> pd.DataFrame:
    """Rows of the equation's case, and of ``<case>_thresholds`` and ``<case>_solitons`` where they are wanted.

    Args:
        settings: of the regression.
        data: from :func:`mlsim.studies.discovery.generate.generate`.
        case: name of the equation.
        seed: of the rows that are drawn, where not all enter.
        seeds: of the noise.
    """
    clean, truth = observed(data), EVOLUTIONS[data.attrs["equation"]].terms
    rows: list[Row] = []
    kinds: dict[Kind, str] = {settings.clean: "pde_find", "spectral": "pde_find_spectral"}
    for kind, method in kinds.items():
        if method == "pde_find" or settings.sweep:
            windows = settings.clean_windows or settings.windows
            problems = _problems(settings, clean, Derivatives(kind=kind, windows=windows), seed=seed)
            own = equation_rows(case, [p.equation(settings.first) for p in problems], truth, x=0.0)
            known = equation_rows(case, _known(problems, truth), truth, x=0.0)
            rows += _labelled(own, method) + _labelled(known, f"{method}_known_terms")
            rows += _labelled(_swept(problems, truth, settings.sweep, case=case), method)
    rows += _sizes(case, data, seeds)
    frames = [pd.DataFrame(rows).assign(seed=seed)]
    noisy = [(level, each) for level in settings.noise if level > 0 for each in seeds]
    for level, each in progress(noisy, total=len(noisy), label="noisy data"):
        rng = numpy_generator(each, "noise", case, f"{level:g}")
        seen = with_noise(clean, percent=level, rng=rng)
        seen = truncated(seen, rank=settings.rank) if settings.rank else seen
        fitted = Derivatives(kind="polynomials", windows=settings.windows)
        problems = _problems(settings, seen, fitted, seed=seed)
        own = equation_rows(case, [p.equation(settings.noisy_first) for p in problems], truth, x=level)
        known = equation_rows(case, _known(problems, truth), truth, x=level)
        own = _labelled(own, "pde_find") + _labelled(known, "pde_find_known_terms")
        frames.append(pd.DataFrame(own).assign(seed=each))
    if settings.solitons:
        frames.append(pd.DataFrame(_labelled(soliton_rows(f"{case}_solitons"), "pde_find")).assign(seed=seed))
    return pd.concat(frames, ignore_index=True)


class Problem:
    """Columns and one time derivative, split into rows to fit and rows to judge by."""

    def __init__(self, names: list[str], columns: np.ndarray, rate: np.ndarray) -> None:
        self.names = names
        train = training_rows(len(rate))
        self.train, self.test = (reduced(columns[part], rate[part]) for part in (train, ~train))

    def equation(self, first: float) -> Found:
        """Terms and coefficients for a first threshold."""
        w = selected(self.train, self.test, penalty=RIDGE, first=first).weights
        return {name: _plain(value) for name, value in zip(self.names, w, strict=True) if value != 0}

    def known_terms(self, terms: Mapping[str, complex]) -> Found:
        """Coefficients by least squares on all rows, where the terms are known."""
        both = Reduced(
            columns=np.concatenate([self.train.columns, self.test.columns]),
            target=np.concatenate([self.train.target, self.test.target]),
        )
        w = both.least_squares(np.array([name in terms for name in self.names]))
        return {name: _plain(value) for name, value in zip(self.names, w, strict=True) if name in terms}


def training_rows(count: int) -> np.ndarray:
    """Which rows to fit: the published split, which the published digits depend on.

    A generator of its own that repeats ``np.random.seed(0); np.random.choice(count, ..., replace=False)``.
    """
    chosen = np.random.RandomState(0).choice(count, int(TRAINING_SHARE * count), replace=False)
    train = np.zeros(count, dtype=bool)
    train[chosen] = True
    return train


def _problems(settings: PdeFind, data: Observed, derivatives: Derivatives, *, seed: int) -> list[Problem]:
    chosen = inner_rows(data, derivatives, margin=settings.margin)
    if 0 < settings.sample < len(chosen):
        chosen = np.sort(numpy_generator(seed, "sampled points").choice(chosen, settings.sample, replace=False))
    found = candidates(data, derivatives, order=settings.order, degree=settings.degree, chosen=chosen)
    return [Problem(found.names, found.columns, rate) for rate in found.rates]


def _known(problems: list[Problem], truth: tuple[Mapping[str, complex], ...]) -> list[Found]:
    return [problem.known_terms(terms) for problem, terms in zip(problems, truth, strict=True)]


def _swept(
    problems: list[Problem], truth: tuple[Mapping[str, complex], ...], firsts: tuple[float, ...], *, case: str
) -> list[Row]:
    """What the first threshold decides, on clean data."""
    rows = [
        equation_rows(f"{case}_thresholds", [p.equation(first) for p in problems], truth, x=first) for first in firsts
    ]
    return [row for each in rows for row in each if row["quantity"] in SWEPT]


def _sizes(case: str, data: xr.Dataset, seeds: list[int]) -> list[Row]:
    sizes = {"snapshots": data.sizes["time"], "points": data.attrs["points"], "noise_seeds": len(seeds)}
    return _labelled([case_row(case, quantity, value) for quantity, value in sizes.items()], "pde_find")


def _labelled(rows: list[Row], method: str) -> list[Row]:
    return [row | {"method": method} for row in rows]


def _plain(value: complex) -> complex:
    return complex(value) if np.iscomplexobj(value) else float(np.real(value))


SOLITON_POINTS, SOLITON_TIMES, SOLITON_STEP = 256, 50, 0.025
SOLITON_RANGE = (-10.0, 12.0)
SPEEDS = (5.0, 1.0)


def soliton_rows(case: str) -> list[Row]:
    """Single solitons of the equation of Korteweg and de Vries, and both observations together; ``x`` = speed.

    One travelling wave solves ``u_t = -c u_x`` as well. Only observations with two speeds tell the equations apart.
    """
    x = np.linspace(*SOLITON_RANGE, SOLITON_POINTS)
    times = SOLITON_STEP * np.arange(1, SOLITON_TIMES + 1)
    parts: list[Candidates] = []
    rows: list[Row] = []
    for speed in SPEEDS:
        waves = np.stack([soliton(x, speed=speed, place=speed * t - 3.0) for t in times])[:, None]
        data = Observed(fields=waves, names=("u",), time_step=SOLITON_STEP, spacing=float(x[1] - x[0]))
        parts.append(candidates(data, Derivatives(kind="differences"), order=5, degree=2))
        found = Problem(parts[-1].names, parts[-1].columns, parts[-1].rates[0]).equation(5.0)
        rows += equation_rows(case, [found], [{"u_x": -speed}], x=speed)
    columns = np.concatenate([part.columns for part in parts])
    found = Problem(parts[0].names, columns, np.concatenate([part.rates[0] for part in parts])).equation(5.0)
    return rows + equation_rows(f"{case}_together", [found], EVOLUTIONS["kdv"].terms, x=np.nan)
