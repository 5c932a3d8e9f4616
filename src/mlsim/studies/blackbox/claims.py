"""Claims of the lecture and of ours about the optimisation of simulators."""

from mlsim.claims import Claim, Size, claim, needs, quantity

LECTURE = 'ours, beside the lecture: "Optimize the given numerical simulator in a black-box way"'
OURS = "ours, beside the lecture"
MEASURED = "ours, bounds set after a first measurement"
CLOSED = "ours, derived: the best bar by complementary energy"
DIMENSIONS = (2, 4, 8, 16, 32, 64)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_flat(), *_growing(), *_rugged(), *_discontinuous(), *_design()]


def _enough(case: str, *, largest: int = 64) -> tuple[Size, ...]:
    return needs(case, problems=5) + needs(case, largest_dimension=largest, cap_units=8000, of="all")


def _flat() -> list[Claim]:
    enough, calls = _enough("inversion"), quantity("inversion", "calls_over_reference", x=(32, 64))
    return [
        claim("gradient_succeeds_in_every_dimension", OURS, enough)(
            "1-D Darcy inversion for 2 to 64 coefficients: L-BFGS with adjoint gradients solves every problem.",
            quantity("inversion", "success_rate", x=DIMENSIONS)("lbfgs_gradient") >= 1,
        ),
        claim("calls_of_the_gradient_are_flat", MEASURED, enough)(
            "1-D Darcy inversion: from 16 to 32 and to 64 coefficients the median number of simulator calls of "
            "L-BFGS with adjoint gradients grows by at most a half.",
            calls("lbfgs_gradient") <= 1.5,
        ),
        claim("exponent_of_the_gradient", MEASURED, enough)(
            "1-D Darcy inversion, 16 or more coefficients: the simulator calls of L-BFGS with adjoint gradients grow "
            "at most as the power 0.3 of the number of coefficients.",
            quantity("inversion", "exponent")("lbfgs_gradient") <= 0.3,
        ),
        claim("calls_of_gauss_newton_are_flat", MEASURED, enough)(
            "1-D Darcy inversion: from 16 to 32 and to 64 coefficients the median number of calls of Gauss-Newton, a "
            "Jacobian counted as one call, grows by at most a half.",
            calls("gauss_newton") <= 1.5,
        ),
        claim("work_of_gauss_newton_is_flat", OURS, enough)(
            "1-D Darcy inversion: from 16 to 32 and to 64 coefficients the median work of Gauss-Newton, a Jacobian "
            "counted as three units per coefficient or sensor, whichever are fewer, grows by at most a half.",
            quantity("inversion", "work_over_reference", x=(32, 64))("gauss_newton") <= 1.5,
        ),
        claim("calls_of_the_gradient_do_not_grow_without_new_directions", MEASURED, enough)(
            "1-D Darcy inversion: from 32 to 64 coefficients the median number of simulator calls of L-BFGS with "
            "adjoint gradients grows by at most a quarter.",
            quantity("inversion", "calls_over_smaller", x=64)("lbfgs_gradient") <= 1.25,
        ),
        claim("directions_that_matter_are_few", MEASURED, enough)(
            "1-D Darcy inversion for 2 to 64 coefficients: at most 16 directions hold all but 1e-4 of the trace of "
            "the Gauss-Newton Hessian of the misfit (median over true parameter sets).",
            quantity("inversion", "effective_dimension", x=DIMENSIONS)("all") <= 16,
        ),
    ]


def _growing() -> list[Claim]:
    enough, calls = _enough("inversion"), quantity("inversion", "calls_over_reference")
    success, work = (quantity("inversion", name) for name in ("success_rate_within_8000", "work_over_gradient"))
    return [
        claim("differences_grow_with_the_dimension", LECTURE, enough)(
            "1-D Darcy inversion: from 16 to 64 coefficients the median number of simulator calls of L-BFGS with "
            "finite differences grows at least threefold.",
            calls("lbfgs_differences", x=64) >= 3,
        ),
        claim("exponent_of_differences", LECTURE, enough)(
            "1-D Darcy inversion, 16 or more coefficients: the simulator calls of L-BFGS with finite differences "
            "grow at least as the power 0.8 of the number of coefficients.",
            quantity("inversion", "exponent")("lbfgs_differences") >= 0.8,
        ),
        claim("cma_es_grows_with_the_dimension", LECTURE, enough)(
            "1-D Darcy inversion: from 16 to 32 coefficients the median number of calls of CMA-ES at least doubles.",
            calls("cma_es", x=32) >= 2,
        ),
        claim("cma_es_fails_at_64", LECTURE, enough)(
            "1-D Darcy inversion, 64 coefficients: CMA-ES solves at most half of the problems in 8,000 work units.",
            success("cma_es", x=64) <= 0.5,
        ),
        claim("evolution_fails_at_16", LECTURE, enough)(
            "1-D Darcy inversion, 16 coefficients: differential evolution solves at most half of the problems in "
            "8,000 work units.",
            success("differential_evolution", x=16) <= 0.5,
        ),
        claim("gradient_saves_tenfold_at_64", LECTURE, enough)(
            "1-D Darcy inversion, 64 coefficients: L-BFGS takes at least 10 times the work with differences than "
            "with gradients.",
            work("lbfgs_differences", x=64) >= 10,
        ),
        claim("differences_are_cheaper_at_2", LECTURE, enough)(
            "1-D Darcy inversion, 2 coefficients: L-BFGS takes with differences at most the work that it takes with "
            "gradients.",
            work("lbfgs_differences", x=2) <= 1,
        ),
    ]


def _rugged() -> list[Claim]:
    enough, success = _enough("rugged", largest=8), quantity("rugged", "success_rate", x=(2, 4))
    return [
        claim("gradient_fails_on_the_rugged_case", OURS, enough)(
            "Slowness of 4 and 8 layers from two frequencies: L-BFGS with adjoint gradients, restarted up to 8,000 "
            "work units, solves at most half of the problems.",
            quantity("rugged", "success_rate_within_8000", x=(4, 8))("lbfgs_gradient") <= 0.5,
        ),
        claim("black_box_wins_on_the_rugged_case", OURS, enough)(
            "Slowness of 4 layers from two frequencies: CMA-ES takes at most half of the work of L-BFGS with "
            "gradients.",
            quantity("rugged", "work_over_gradient", x=4)("cma_es") <= 0.5,
        ),
        claim("cma_es_solves_the_rugged_case", OURS, enough)(
            "Slowness of 2 and 4 layers from two frequencies: CMA-ES solves at least 80 percent of the problems.",
            success("cma_es") >= 0.8,
        ),
        claim("knowledge_of_the_simulator_brings_the_gradient_back", OURS, enough)(
            "Slowness of 2, 4 and 8 layers from two frequencies: L-BFGS with adjoint gradients, on the low frequency "
            "first, solves every problem.",
            success("low_frequency_first", x=(2, 4, 8)) >= 1,
        ),
    ]


def _discontinuous() -> list[Claim]:
    enough = _enough("layers", largest=8)
    return [
        claim("gradient_fails_on_the_discontinuous_case", OURS, enough)(
            "Layered medium with 4 and 8 parameters, interfaces rounded to the mesh: L-BFGS with adjoint gradients, "
            "restarted up to 8,000 work units, solves at most half of the problems.",
            quantity("layers", "success_rate_within_8000", x=(4, 8))("lbfgs_gradient") <= 0.5,
        ),
        claim("black_box_wins_on_the_discontinuous_case", OURS, enough)(
            "Layered medium with 2 and 4 parameters, interfaces rounded to the mesh: CMA-ES takes at most half of "
            "the work of L-BFGS with adjoint gradients.",
            quantity("layers", "work_over_gradient", x=(2, 4))("cma_es") <= 0.5,
        ),
        claim("cma_es_solves_the_discontinuous_case", OURS, enough)(
            "Layered medium with 2 and 4 parameters, interfaces rounded to the mesh: CMA-ES solves the problem for "
            "at least 80 percent of the true parameter sets.",
            quantity("layers", "success_rate", x=(2, 4))("cma_es") >= 0.8,
        ),
    ]


def _design() -> list[Claim]:
    enough = _enough("bar")
    return [
        claim("gradient_finds_the_best_bar", CLOSED, enough)(
            "Heated bar of 2 to 64 segments: L-BFGS with adjoint gradients comes within 1e-4 of the gain of the best "
            "design, known in closed form, for every heat source drawn.",
            quantity("bar", "success_rate", x=DIMENSIONS)("lbfgs_gradient") >= 1,
        ),
        claim("best_bar_is_cheap_by_the_gradient", CLOSED, enough)(
            "Heated bar of 2 to 64 segments: L-BFGS with adjoint gradients takes a median work of at most 100 units.",
            quantity("bar", "work_units", x=DIMENSIONS)("lbfgs_gradient") <= 100,
        ),
        claim("calls_on_the_bar_grow_as_a_square_root", CLOSED, enough)(
            "Heated bar, 16 or more segments: the simulator calls of L-BFGS with adjoint gradients grow at most as "
            "the square root of the number of segments.",
            quantity("bar", "exponent")("lbfgs_gradient") <= 0.5,
        ),
    ]
