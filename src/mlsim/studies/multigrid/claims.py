"""What the lecture and its neighbours claim about learned multigrid cycles, as comparisons of table rows."""

from mlsim.claims import Claim, Relation, Rows, Size
from mlsim.studies.multigrid.layouts import SIZES

PAPER = "the lecture; Katrutsa, Daulbaev, Oseledets, arXiv:1711.03825, table of spectral radii"
OURS = "ours, beside arXiv:1711.03825"
POISSON = "poisson_2d"
ALL = tuple(float(n) for n in SIZES)
LARGEST = Size(case=POISSON, quantity="largest_grid", at_least=255, method="linear")
LINE = Size(case="poisson_1d", quantity="largest_grid", at_least=127, method="two_grid")
WAVE_NUMBERS, DIFFUSION = (5.0, 10.0, 15.0, 20.0), (0.01, 0.03, 0.1)


def claims() -> list[Claim]:
    """The study's claims."""
    return [_closed_form(), _arpack(), *_columns(), *_bounds(), _transfer(), *_exact(), *_elsewhere()]


def _radius(method: str, *, x: tuple[float, ...] = ALL, case: str = POISSON) -> Rows:
    return Rows(case=case, method=method, quantity="spectral_radius", x=x)


def _trained(case: str = POISSON) -> Size:
    return Size(case=case, quantity="training_steps", at_least=50)


def _closed_form() -> Claim:
    return Claim(
        name="linear_is_its_closed_form",
        statement="The radius of the cycle with bilinear interpolation and damping 2/3 is its closed form.",
        source="derived: modes that the coarse grid does not see decide",
        measured=(_radius("linear"),),
        reference=_radius("linear_closed_form"),
        relation="equals",
        tolerance=1e-6,
        needs=(LARGEST,),
    )


def _arpack() -> Claim:
    return Claim(
        name="arpack_is_exact_enough",
        statement="ARPACK's radius with damping 0.8, whose eigenvalues cluster most, is that of exact Fourier blocks.",
        source=OURS,
        measured=(_radius("jacobi_optimal"),),
        reference=Rows(case=POISSON, method="jacobi_optimal", quantity="fourier_radius", x=ALL),
        relation="equals",
        tolerance=1e-6,
        needs=(LARGEST,),
    )


def _columns() -> list[Claim]:
    digits = "pyamg's estimate of its scaling is random, so that digits cannot recur"
    columns: dict[str, tuple[str, str, Relation, float]] = {
        # half of the last digit, and what the table itself cuts off
        "linear": ("The published column Linear comes out to its six digits.", PAPER, "equals", 6e-7),
        "amg_default": ("The published column AMG comes out within a hundredth.", f"{PAPER}; {digits}", "equals", 0.01),
        "dmg": ("With the paper's parameters the radius is at most the published one.", PAPER, "at most", 0.0),
    }
    return [
        Claim(
            name=f"column_{method}",
            statement=statement,
            source=source,
            measured=(_radius(method),),
            reference="published",
            relation=relation,
            tolerance=tolerance,
            needs=(LARGEST, _trained()) if method == "dmg" else (LARGEST,),
        )
        for method, (statement, source, relation, tolerance) in columns.items()
    ]


def _bounds() -> list[Claim]:
    best = tuple(_radius(method) for method in ("smoother_weights", "dmg_sweep_weights"))

    def at_most(name: str, statement: str, rows: tuple[Rows, ...], reference: float | Rows) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=rows,
            reference=reference,
            relation="at most",
            needs=(LARGEST, _trained()),
        )

    published = Rows(case=POISSON, method="dmg", quantity="spectral_radius", x=ALL, column="published")
    small = {n: (_radius("dmg_sweep_weights", x=(n,)),) for n in (7.0, 15.0)}
    words = "With stencils and a weight per sweep the radius is at most"
    return [
        at_most(
            "learned_beats_published",
            "A learned V(2,2) cycle is at most the published DMG at every size.",
            best,
            published,
        ),
        at_most(
            "learned_beats_damping_0.8",
            "A learned V(2,2) cycle is at most damping 0.8, which needs no learning, at every size.",
            best,
            _radius("jacobi_optimal"),
        ),
        at_most("learned_below_0.05", "A learned V(2,2) cycle has a radius of at most 0.05 at every size.", best, 0.05),
        at_most(
            "four_weights_suffice",
            "Four learned weights alone give at most 0.082 from n = 31 on.",
            (_radius("four_weights", x=ALL[2:]),),
            0.082,
        ),
        at_most("sweep_weights_at_7", f"{words} 0.02 at n = 7.", small[7.0], 0.02),
        at_most("sweep_weights_at_15", f"{words} 0.035 at n = 15.", small[15.0], 0.035),
    ]


def _transfer() -> Claim:
    return Claim(
        name="stencils_do_not_transfer",
        statement="Stencils learned at n = 15 give a radius above one half at n = 63.",
        source="derived: a constant 3 x 3 prolongation that keeps smooth modes on every grid is the bilinear one",
        measured=(
            Rows(case=f"{POISSON}_refined_twice", method="dmg_sweep_weights", quantity="transfer_radius", x=(15.0,)),
        ),
        reference=0.5,
        relation="above",
        needs=(LARGEST, _trained()),
    )


def _exact() -> list[Claim]:
    bounds = {
        "two_grid": ("two-grid cycle with weights 1 and 1/2", 1e-11),
        "two_grid_variable": ("two-grid cycle with random coefficients and ideal interpolation", 1e-10),
        "w_cycle": ("W-cycle down to one node", 1e-11),
    }
    sizes = (7.0, 15.0, 31.0, 63.0, 127.0)
    return [
        Claim(
            name=f"{method}_is_exact",
            statement=f"In one dimension the {words} solves exactly in two steps: E^2 = 0 up to rounding.",
            source='derived; the lecture prints "Spectral radius 0" below its table',
            measured=(Rows(case="poisson_1d", method=method, quantity="norm_of_square", x=sizes),),
            reference=0.0,
            relation="at most",
            tolerance=bound,
            needs=(LINE,),
        )
        for method, (words, bound) in bounds.items()
    ]


def _elsewhere() -> list[Claim]:
    def beats(name: str, statement: str, case: str, x: tuple[float, ...], method: str, rival: str) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=(_radius(method, x=x, case=case),),
            reference=_radius(rival, x=x, case=case),
            relation="at most",
            needs=(_trained(case),),
        )

    helmholtz, convection, lognormal = "helmholtz_1d", "convection_1d", "lognormal_2d"
    gmres = {
        method: Rows(case="solver_2d", method=method, quantity="iterations_gmres", x=(255.0,))
        for method in ("jacobi_optimal", "smoother_weights")
    }
    words = "the learned cycle is at most the one with linear transfers and damping 2/3."
    weights = "On random coefficients not trained on learned weights are at most damping"
    return [
        beats("helmholtz_learned", f"Helmholtz, 1-D: {words}", helmholtz, WAVE_NUMBERS, "learned_helmholtz", "linear"),
        beats("convection_learned", f"Convection, 1-D: {words}", convection, DIFFUSION, "learned_convection", "linear"),
        beats("lognormal_beats_0.8", f"{weights} 0.8.", lognormal, (31.0,), "learned_lognormal", "jacobi_optimal"),
        beats("lognormal_beats_2/3", f"{weights} 2/3.", lognormal, (31.0,), "learned_lognormal", "linear"),
        Claim(
            name="gmres_gains_nothing",
            statement="Inside GMRES the learned cycle saves no iteration against damping 0.8.",
            source=OURS,
            measured=(gmres["smoother_weights"],),
            reference=gmres["jacobi_optimal"],
            relation="at least",
            needs=(LARGEST, _trained()),
        ),
    ]
