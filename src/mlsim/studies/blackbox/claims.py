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
            "L-BFGS with the gradient solves every inversion with 2 to 64 coefficients.",
            quantity("inversion", "success_rate", x=DIMENSIONS)("lbfgs_gradient") >= 1,
        ),
        claim("calls_of_the_gradient_are_flat", MEASURED, enough)(
            "From 16 to 64 coefficients, fourfold, the median of calls of L-BFGS with the gradient grows by at most a "
            "half.",
            calls("lbfgs_gradient") <= 1.5,
        ),
        claim("exponent_of_the_gradient", MEASURED, enough)(
            "From 16 coefficients on the calls of L-BFGS with the gradient grow at most as the power 0.3 of their "
            "number.",
            quantity("inversion", "exponent")("lbfgs_gradient") <= 0.3,
        ),
        claim("calls_of_gauss_newton_are_flat", MEASURED, enough)(
            "From 16 to 64 coefficients the calls of Gauss-Newton, a whole Jacobian being one, grow by at most a half.",
            calls("gauss_newton") <= 1.5,
        ),
        claim("work_of_gauss_newton_is_flat", OURS, enough)(
            "From 16 to 64 coefficients the work of Gauss-Newton, in which a Jacobian costs three units per "
            "coefficient or reading, grows by at most a half.",
            quantity("inversion", "work_over_reference", x=(32, 64))("gauss_newton") <= 1.5,
        ),
        claim("calls_of_the_gradient_do_not_grow_without_new_directions", MEASURED, enough)(
            "From 32 to 64 coefficients, where no direction that matters is new, the calls of L-BFGS with the "
            "gradient grow by at most a quarter.",
            quantity("inversion", "calls_over_smaller", x=64)("lbfgs_gradient") <= 1.25,
        ),
        claim("directions_that_matter_are_few", MEASURED, enough)(
            "In every dimension at most 16 directions hold all but 1e-4 of the second derivative of the misfit.",
            quantity("inversion", "effective_dimension", x=DIMENSIONS)("all") <= 16,
        ),
    ]


def _growing() -> list[Claim]:
    enough, calls = _enough("inversion"), quantity("inversion", "calls_over_reference")
    success, work = (quantity("inversion", name) for name in ("success_rate_within_8000", "work_over_gradient"))
    return [
        claim("differences_grow_with_the_dimension", LECTURE, enough)(
            "From 16 to 64 coefficients the calls of L-BFGS with finite differences grow at least threefold.",
            calls("lbfgs_differences", x=64) >= 3,
        ),
        claim("exponent_of_differences", LECTURE, enough)(
            "From 16 coefficients on the calls of L-BFGS with finite differences grow at least as the power 0.8 of "
            "their number.",
            quantity("inversion", "exponent")("lbfgs_differences") >= 0.8,
        ),
        claim("cma_es_grows_with_the_dimension", LECTURE, enough)(
            "From 16 to 32 coefficients the calls of CMA-ES grow at least twofold.", calls("cma_es", x=32) >= 2
        ),
        claim("cma_es_fails_at_64", LECTURE, enough)(
            "With 64 coefficients CMA-ES solves at most half of the problems within 8,000 work units.",
            success("cma_es", x=64) <= 0.5,
        ),
        claim("evolution_fails_at_16", LECTURE, enough)(
            "With 16 coefficients differential evolution solves at most half of the problems within 8,000 work units.",
            success("differential_evolution", x=16) <= 0.5,
        ),
        claim("gradient_saves_tenfold_at_64", LECTURE, enough)(
            "With 64 coefficients finite differences take at least ten times the work of the gradient.",
            work("lbfgs_differences", x=64) >= 10,
        ),
        claim("differences_are_cheaper_at_2", LECTURE, enough)(
            "The black box wins: with 2 coefficients finite differences take at most the work of the gradient.",
            work("lbfgs_differences", x=2) <= 1,
        ),
    ]


def _rugged() -> list[Claim]:
    enough, success = _enough("rugged", largest=8), quantity("rugged", "success_rate", x=(2, 4))
    return [
        claim("gradient_fails_on_the_rugged_case", OURS, enough)(
            "On signals of two frequencies L-BFGS with the gradient, restarted as often as 8,000 work units allow, "
            "solves at most half of the problems with 4 and 8 layers.",
            quantity("rugged", "success_rate_within_8000", x=(4, 8))("lbfgs_gradient") <= 0.5,
        ),
        claim("black_box_wins_on_the_rugged_case", OURS, enough)(
            "On signals of two frequencies with 4 layers CMA-ES takes at most half of the work of L-BFGS with the "
            "gradient.",
            quantity("rugged", "work_over_gradient", x=4)("cma_es") <= 0.5,
        ),
        claim("cma_es_solves_the_rugged_case", OURS, enough)(
            "On signals of two frequencies CMA-ES succeeds on at least 8 of 10 truths with 2 and 4 layers.",
            success("cma_es") >= 0.8,
        ),
        claim("knowledge_of_the_simulator_brings_the_gradient_back", OURS, enough)(
            "On signals of two frequencies the gradient on the low frequency first solves every truth with 2 to 8 "
            "layers.",
            success("low_frequency_first", x=(2, 4, 8)) >= 1,
        ),
    ]


def _discontinuous() -> list[Claim]:
    enough = _enough("layers", largest=8)
    return [
        claim("gradient_fails_on_the_discontinuous_case", OURS, enough)(
            "Where the mesh snaps interfaces L-BFGS with the gradient, restarted as often as 8,000 work units allow, "
            "solves at most half of the problems with 4 and 8 parameters.",
            quantity("layers", "success_rate_within_8000", x=(4, 8))("lbfgs_gradient") <= 0.5,
        ),
        claim("black_box_wins_on_the_discontinuous_case", OURS, enough)(
            "Where the mesh snaps interfaces CMA-ES takes at most half of the work of L-BFGS with the gradient, with "
            "2 and 4 parameters.",
            quantity("layers", "work_over_gradient", x=(2, 4))("cma_es") <= 0.5,
        ),
        claim("cma_es_solves_the_discontinuous_case", OURS, enough)(
            "Where the mesh snaps interfaces CMA-ES succeeds on at least 8 of 10 truths with 2 and 4 parameters.",
            quantity("layers", "success_rate", x=(2, 4))("cma_es") >= 0.8,
        ),
    ]


def _design() -> list[Claim]:
    enough = _enough("bar")
    return [
        claim("gradient_finds_the_best_bar", CLOSED, enough)(
            "L-BFGS with the gradient finds the best bar of 2 to 64 segments up to 1e-4 of the gain, for all heats.",
            quantity("bar", "success_rate", x=DIMENSIONS)("lbfgs_gradient") >= 1,
        ),
        claim("best_bar_is_cheap_by_the_gradient", CLOSED, enough)(
            "L-BFGS with the gradient takes at most 100 work units for the best bar in every dimension.",
            quantity("bar", "work_units", x=DIMENSIONS)("lbfgs_gradient") <= 100,
        ),
        claim("calls_on_the_bar_grow_as_a_square_root", CLOSED, enough)(
            "On the bar the calls of L-BFGS with the gradient grow from 16 segments on at most as the square root of "
            "their number.",
            quantity("bar", "exponent")("lbfgs_gradient") <= 0.5,
        ),
    ]
