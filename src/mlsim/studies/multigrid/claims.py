"""What the lecture and its neighbours claim about learned multigrid cycles, as comparisons of table rows."""

from mlsim.claims import PUBLISHED, Claim, claim, needs, quantity
from mlsim.studies.multigrid.layouts import SIZES

PAPER = "the lecture; Katrutsa, Daulbaev, Oseledets, arXiv:1711.03825, table of spectral radii"
OURS = "ours, beside arXiv:1711.03825"
LARGEST = needs("poisson_2d", largest_grid=255, of="linear")
LEARNED = LARGEST + needs("poisson_2d", training_steps=50)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_columns(), *_bounds(), *_derived(), *_other_equations()]


def _columns() -> list[Claim]:
    radius = quantity("poisson_2d", "spectral_radius", x=SIZES)
    digits = "pyamg's estimate of its scaling is random, so that digits cannot recur"
    return [
        claim("column_linear", PAPER, LARGEST)(
            "2-D Poisson, n = 7 to 255 nodes per side: the spectral radii of V(2,2) with linear interpolation and "
            "damping 2/3 equal the published column Linear in all six digits.",
            # half of the last digit, and what the table itself cuts off
            radius("linear").equals(PUBLISHED, within=6e-7),
        ),
        claim("column_amg_default", f"{PAPER}; {digits}", LARGEST)(
            "2-D Poisson, n = 7 to 255 nodes per side: the spectral radii of V(2,2) with algebraic multigrid "
            "(Ruge-Stueben) are within 0.01 of the published column AMG.",
            radius("amg_default").equals(PUBLISHED, within=0.01),
        ),
        claim("column_dmg", PAPER, LEARNED)(
            "2-D Poisson, n = 7 to 255 nodes per side: the spectral radius of V(2,2) learned with the parameters of "
            "the paper (DMG) is at most the published one.",
            radius("dmg") <= PUBLISHED,
        ),
    ]


def _bounds() -> list[Claim]:
    radius = quantity("poisson_2d", "spectral_radius", x=SIZES)
    best = radius("smoother_weights", "dmg_sweep_weights")
    return [
        claim("learned_beats_published", OURS, LEARNED)(
            "2-D Poisson, n = 7 to 255 nodes per side: the spectral radius of a V(2,2) cycle with learned weights "
            "per level, bilinear or learned transfer, is at most the one published for DMG.",
            best <= radius("dmg").published,
        ),
        claim("learned_beats_damping_0.8", OURS, LEARNED)(
            "2-D Poisson, n = 7 to 255 nodes per side: the spectral radius of a V(2,2) cycle with learned weights "
            "per level, bilinear or learned transfer, is at most that of damping 0.8, without learning.",
            best <= radius("jacobi_optimal"),
        ),
        claim("four_weights_suffice", OURS, LEARNED)(
            "2-D Poisson, n = 31 to 255 nodes per side: V(2,2) with bilinear transfer and four learned weights in "
            "all has a spectral radius of at most 0.082.",
            radius("four_weights", x=SIZES[2:]) <= 0.082,
        ),
    ]


def _derived() -> list[Claim]:
    bilinear = "ours, derived: a constant 3 x 3 prolongation that keeps smooth modes on every grid is the bilinear one"
    exact = 'ours, derived; the lecture prints "Spectral radius 0" below its table'
    return [
        claim("stencils_do_not_transfer", bilinear, LEARNED)(
            "2-D Poisson: V(2,2) with stencils learned on 15 x 15 nodes has a spectral radius above 0.5 on 63 x 63 "
            "nodes.",
            quantity("poisson_2d_refined_twice", "transfer_radius", x=15)("dmg_sweep_weights") > 0.5,
        ),
        claim("two_grid_is_exact", exact, needs("poisson_1d", largest_grid=127, of="two_grid"))(
            "1-D Poisson, n = 7 to 127 nodes: the two-grid cycle with weights 1 and 1/2 solves exactly in two steps, "
            "E^2 = 0 up to rounding for the error propagation E.",
            quantity("poisson_1d", "norm_of_square", x=(7, 15, 31, 63, 127))("two_grid").at_most(0, within=1e-11),
        ),
    ]


def _other_equations() -> list[Claim]:
    helmholtz = quantity("helmholtz_1d", "spectral_radius", x=(5, 10, 15, 20))
    convection = quantity("convection_1d", "spectral_radius", x=(0.01, 0.03, 0.1))
    lognormal = quantity("lognormal_2d", "spectral_radius", x=31)
    iterations = quantity("solver_2d", "iterations_gmres", x=255)
    return [
        claim("helmholtz_learned", OURS, needs("helmholtz_1d", training_steps=50))(
            "1-D Helmholtz, wave numbers 5 to 20: the learned multigrid cycle has at most the spectral radius of "
            "linear interpolation and damping 2/3.",
            helmholtz("learned_helmholtz") <= helmholtz("linear"),
        ),
        claim("convection_learned", OURS, needs("convection_1d", training_steps=50))(
            "1-D convection-diffusion, diffusion 0.01 to 0.1: the learned multigrid cycle has at most the spectral "
            "radius of linear interpolation and damping 2/3.",
            convection("learned_convection") <= convection("linear"),
        ),
        *(
            claim(f"lognormal_beats_{damping}", OURS, needs("lognormal_2d", training_steps=50))(
                "2-D diffusion with lognormal coefficients not trained on, n = 31: V(2,2) with learned weights has "
                f"at most the mean spectral radius of V(2,2) with damping {damping}.",
                lognormal("learned_lognormal") <= lognormal(method),
            )
            for damping, method in (("0.8", "jacobi_optimal"), ("2/3", "linear"))
        ),
        claim("gmres_gains_nothing", OURS, LEARNED)(
            "2-D Poisson, n = 255, GMRES with V(2,2): learned weights take at least as many iterations as damping 0.8.",
            iterations("smoother_weights") >= iterations("jacobi_optimal"),
        ),
    ]
