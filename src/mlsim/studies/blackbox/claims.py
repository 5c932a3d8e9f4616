"""What the lecture and we claim of optimising simulators, as comparisons of table rows."""

from mlsim.claims import Claim, Relation, Rows, Size

LECTURE = 'the lecture: "Optimize the given numerical simulator in a black-box way"'
THEOREM = "Baur, Strassen: value and gradient for four times the value, in any dimension"
OURS = "ours, beside the lecture"
MEASURED = "ours, bounds set after a first measurement"
CLOSED = "derived: the best bar by complementary energy"
INVERSION = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
LATER = (32.0, 64.0)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_flat(), *_growing(), *_reversed(), *_design()]


def _claim(
    name: str, statement: str, source: str, *, rows: Rows, relation: Relation, bound: float | Rows, largest: int
) -> Claim:
    sizes = {"largest_dimension": largest, "cap_units": 8000}
    needs = (
        Size(case=rows.case, quantity="problems", at_least=5),
        *(Size(case=rows.case, quantity=key, at_least=least, method="all") for key, least in sizes.items()),
    )
    return Claim(
        name=name, statement=statement, source=source, measured=(rows,), reference=bound, relation=relation, needs=needs
    )


def _inversion(method: str, quantity: str, x: tuple[float, ...] = ()) -> Rows:
    return Rows(case="inversion", method=method, quantity=quantity, x=x)


def _flat() -> list[Claim]:
    def claim(
        name: str, statement: str, rows: Rows, relation: Relation, bound: float, *, source: str = MEASURED
    ) -> Claim:  # fmt: skip
        return _claim(name, statement, source, rows=rows, relation=relation, bound=bound, largest=64)

    return [
        claim(
            "gradient_succeeds_in_every_dimension",
            "L-BFGS with the gradient solves every inversion with 2 to 64 coefficients.",
            _inversion("lbfgs_gradient", "success_rate", INVERSION), "at least", 1.0, source=OURS,
        ),
        claim(
            "calls_of_the_gradient_are_flat",
            "From 16 to 64 coefficients, fourfold, its median of calls grows by at most a half.",
            _inversion("lbfgs_gradient", "calls_over_reference", LATER), "at most", 1.5,
        ),
        claim(
            "exponent_of_the_gradient",
            "From 16 coefficients on its calls grow at most as the power 0.3 of their number.",
            _inversion("lbfgs_gradient", "exponent"), "at most", 0.3,
        ),
        claim(
            "calls_of_gauss_newton_are_flat",
            "From 16 to 64 coefficients the calls of Gauss-Newton, a whole Jacobian being one, grow by at most a half.",
            _inversion("gauss_newton", "calls_over_reference", LATER), "at most", 1.5,
        ),
        claim(
            "work_of_gauss_newton_is_flat",
            "So does its work, in which a Jacobian costs three units per coefficient or reading.",
            _inversion("gauss_newton", "work_over_reference", LATER), "at most", 1.5, source=OURS,
        ),
        claim(
            "calls_of_the_gradient_do_not_grow_without_new_directions",
            "From 32 to 64 coefficients, where no direction that matters is new, its calls grow by at most a quarter.",
            _inversion("lbfgs_gradient", "calls_over_smaller", (64.0,)), "at most", 1.25,
        ),
        claim(
            "directions_that_matter_are_few",
            "Beside it: at most 16 directions hold all but 1e-4 of the misfit's second derivative, in every dimension.",
            _inversion("all", "effective_dimension", INVERSION), "at most", 16.0,
        ),
    ]  # fmt: skip


def _growing() -> list[Claim]:
    def claim(name: str, statement: str, rows: Rows, relation: Relation, bound: float) -> Claim:
        return _claim(name, statement, LECTURE, rows=rows, relation=relation, bound=bound, largest=64)

    return [
        claim(
            "differences_grow_with_the_dimension",
            "From 16 to 64 coefficients the calls of L-BFGS with finite differences grow at least threefold.",
            _inversion("lbfgs_differences", "calls_over_reference", (64.0,)), "at least", 3.0,
        ),
        claim(
            "exponent_of_differences",
            "From 16 coefficients on they grow at least as the power 0.8 of their number.",
            _inversion("lbfgs_differences", "exponent"), "at least", 0.8,
        ),
        claim(
            "cma_es_grows_with_the_dimension",
            "From 16 to 32 coefficients the calls of CMA-ES grow at least twofold.",
            _inversion("cma_es", "calls_over_reference", (32.0,)), "at least", 2.0,
        ),
        claim(
            "cma_es_fails_at_64",
            "With 64 coefficients CMA-ES solves at most half of the problems within 8,000 work units.",
            _inversion("cma_es", "success_rate_within_8000", (64.0,)), "at most", 0.5,
        ),
        claim(
            "evolution_fails_at_16",
            "With 16 coefficients differential evolution does so, too.",
            _inversion("differential_evolution", "success_rate_within_8000", (16.0,)), "at most", 0.5,
        ),
        claim(
            "gradient_saves_tenfold_at_64",
            "With 64 coefficients finite differences take at least ten times the work of the gradient.",
            _inversion("lbfgs_differences", "work_over_gradient", (64.0,)), "at least", 10.0,
        ),
        claim(
            "differences_are_cheaper_at_2",
            "The black box wins: with 2 coefficients finite differences take at most the work of the gradient.",
            _inversion("lbfgs_differences", "work_over_gradient", (2.0,)), "at most", 1.0,
        ),
    ]  # fmt: skip


def _reversed() -> list[Claim]:
    def claim(name: str, statement: str, rows: Rows, relation: Relation, bound: float) -> Claim:
        return _claim(name, statement, OURS, rows=rows, relation=relation, bound=bound, largest=8)

    return [
        claim(
            "gradient_fails_on_the_rugged_case",
            "On signals of two frequencies L-BFGS with the gradient, begun anew as often as 8,000 work units allow, "
            "solves at most half of the problems with 4 and 8 layers.",
            Rows(case="rugged", method="lbfgs_gradient", quantity="success_rate_within_8000", x=(4.0, 8.0)),
            "at most", 0.5,
        ),
        claim(
            "black_box_wins_on_the_rugged_case",
            "With 4 layers CMA-ES takes at most half of its work.",
            Rows(case="rugged", method="cma_es", quantity="work_over_gradient", x=(4.0,)), "at most", 0.5,
        ),
        claim(
            "cma_es_solves_the_rugged_case",
            "CMA-ES succeeds on at least 8 of 10 truths with 2 and 4 layers.",
            Rows(case="rugged", method="cma_es", quantity="success_rate", x=(2.0, 4.0)), "at least", 0.8,
        ),
        claim(
            "knowledge_of_the_simulator_brings_the_gradient_back",
            "The gradient on the low frequency first solves every truth.",
            Rows(case="rugged", method="low_frequency_first", quantity="success_rate", x=(2.0, 4.0, 8.0)),
            "at least", 1.0,
        ),
        claim(
            "gradient_fails_on_the_discontinuous_case",
            "Where the mesh snaps interfaces it does so with 4 and 8 parameters.",
            Rows(case="layers", method="lbfgs_gradient", quantity="success_rate_within_8000", x=(4.0, 8.0)),
            "at most", 0.5,
        ),
        claim(
            "black_box_wins_on_the_discontinuous_case",
            "There CMA-ES takes at most half of its work with 2 and 4 parameters.",
            Rows(case="layers", method="cma_es", quantity="work_over_gradient", x=(2.0, 4.0)), "at most", 0.5,
        ),
        claim(
            "cma_es_solves_the_discontinuous_case",
            "CMA-ES succeeds on at least 8 of 10 truths with 2 and 4 parameters.",
            Rows(case="layers", method="cma_es", quantity="success_rate", x=(2.0, 4.0)), "at least", 0.8,
        ),
    ]  # fmt: skip


def _design() -> list[Claim]:
    def claim(
        name: str, statement: str, method: str, quantity: str, bound: float, relation: Relation, *, fitted: bool = False
    ) -> Claim:  # fmt: skip
        rows = Rows(case="bar", method=method, quantity=quantity, x=() if fitted else INVERSION)
        return _claim(name, statement, CLOSED, rows=rows, relation=relation, bound=bound, largest=64)

    return [
        claim(
            "gradient_finds_the_best_bar",
            "L-BFGS with the gradient finds the best bar of 2 to 64 segments up to 1e-4 of the gain, for all heats.",
            "lbfgs_gradient", "success_rate", 1.0, "at least",
        ),
        claim(
            "best_bar_is_cheap_by_the_gradient",
            "It takes at most 100 work units in every dimension.",
            "lbfgs_gradient", "work_units", 100.0, "at most",
        ),
        claim(
            "calls_on_the_bar_grow_as_a_square_root",
            "On the bar the calls of the gradient grow too, from 16 segments on at most as the square root of their "
            "number.",
            "lbfgs_gradient", "exponent", 0.5, "at most", fitted=True,
        ),
        claim(
            "no_bar_is_better",
            "No design that L-BFGS finds, begun anew until the budget is spent, is better than the best of the closed "
            "form, rounding of 1e-9 aside.",
            "lbfgs_gradient", "lowest_value_without_tolerance", -1e-9, "at least",
        ),
    ]  # fmt: skip
