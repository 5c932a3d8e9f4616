"""What the lecture says on the cost of gradients, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size

LECTURE = "the lecture: the gradient of a function of N operations takes less than cN"
# the constants of these sources are recalled, not verified; the count behind 4 is our own, see straight_line.py
BAUR_STRASSEN = "constant after W. Baur, V. Strassen, The complexity of partial derivatives, TCS 22 (1983), recalled"
FIVE = f"{LECTURE}; 5: {BAUR_STRASSEN}; S. Kakade, J. Lee, NeurIPS 2018"
GRIEWANK = "A. Griewank, A. Walther, Algorithm 799: revolve, ACM TOMS 26 (2000)"
THEOREM = "implicit function theorem: K^T lambda = dJ/du with the factors at hand"
SCALARS, ARRAYS = "all_scalar_codes", "all_array_codes"
UNIFORM, REVOLVE = "burgers_checkpointed", "burgers_revolve"
CHECKPOINTED, REVOLVED = "reverse_checkpointed", "revolve"

PROGRAMS = Size(case="random_programs", method="reverse", quantity="programs", at_least=300)
PARAMETERS = Size(case=ARRAYS, method="reverse", quantity="largest_inputs", at_least=20_000)
UNKNOWNS = Size(case="fem", method="implicit", quantity="largest_size", at_least=576)
UNIFORM_STEPS = Size(case=UNIFORM, method=CHECKPOINTED, quantity="steps", at_least=200)
REVOLVE_STEPS = Size(case=REVOLVE, method=REVOLVED, quantity="steps", at_least=200)


def claims() -> list[Claim]:
    """The study's claims."""
    return [
        *_scalar_bounds(),
        *_array_bounds(),
        *_implicit(),
        *_elimination(),
        *_gradients(),
        *_rivals(),
        *_checkpointing(),
    ]


def _summary(case: str, quantity: str, *, method: str = "reverse") -> Rows:
    return Rows(case=case, method=method, quantity=quantity)


def _scalar_bounds() -> list[Claim]:
    return [
        Claim(
            name="scalar_codes_within_4n",
            statement="Value and gradient cost at most 4 N operations, for each scalar code and each random program.",
            source=f"{LECTURE}; 4: counted here, {BAUR_STRASSEN}",
            measured=(_summary(SCALARS, "largest_ratio"),),
            reference=4.0,
            relation="at most",
            needs=(PROGRAMS,),
        ),
        Claim(
            name="bound_of_4n_is_attained",
            statement="The bound of 4 N cannot be lowered: a chain of 40 products and quotients costs 4 N - 1.",
            source="derived here: each operation multiplies twice and writes twice",
            measured=(Rows(case="fibonacci_chain", method="reverse", quantity="ratio", x=(40.0,)),),
            reference=4 - 1 / 40,
            relation="equals",
            tolerance=1e-9,
            needs=(Size(case="fibonacci_chain", quantity="largest_size", at_least=40),),
        ),
        Claim(
            name="ratio_does_not_grow_with_inputs",
            statement="For Speelpenning's product the ratio is 3, whether there are 4 inputs or 250.",
            source=f"{LECTURE}, for any number of inputs",
            measured=(Rows(case="speelpenning", method="reverse", quantity="ratio", x=(4.0, 10.0, 50.0, 250.0)),),
            reference=3.0,
            relation="equals",
            tolerance=1e-9,
            needs=(Size(case="speelpenning", quantity="largest_size", at_least=250),),
        ),
    ]


def _array_bounds() -> list[Claim]:
    return [
        Claim(
            name="array_codes_within_5n",
            statement="Value and gradient cost at most 5 N operations, for each array code differentiated as written.",
            source=FIVE,
            measured=(_summary(ARRAYS, "largest_ratio"),),
            reference=5.0,
            relation="at most",
            needs=(PARAMETERS,),
        ),
        Claim(
            name="checkpointed_code_within_5n",
            statement="Burgers' equation stays within 5 N for each length of the segments between kept states.",
            source=FIVE,
            measured=(_summary(UNIFORM, "largest_ratio", method=CHECKPOINTED),),
            reference=5.0,
            relation="at most",
            needs=(UNIFORM_STEPS,),
        ),
    ]


def _fem(method: str, quantity: str, x: tuple[float, ...]) -> Rows:
    return Rows(case="fem", method=method, quantity=quantity, x=x)


def _implicit() -> list[Claim]:
    return [
        Claim(
            name="implicit_within_a_tenth",
            statement="By the implicit function theorem the gradient adds at most N / 10 from 144 unknowns on.",
            source=THEOREM,
            measured=(_fem("implicit", "ratio", (144.0, 576.0)),),
            reference=1.1,
            relation="at most",
            needs=(UNKNOWNS,),
        ),
        Claim(
            name="implicit_falls_with_size",
            statement="What implicit differentiation adds, relative to N, falls as the system grows.",
            source=f"{THEOREM}; O(n^2) beside O(n^3)",
            measured=(_fem("implicit", "drop_of_ratio", (144.0, 576.0)),),
            reference=0.0,
            relation="above",
            needs=(UNKNOWNS,),
        ),
    ]


def _elimination() -> list[Claim]:
    return [
        Claim(
            name="factorisation_costs_more_than_implicit",
            statement="Through the elimination, operation by operation, the same gradient costs more, yet below 5 N.",
            source=THEOREM,
            measured=(_fem("reverse", "ratio", (36.0, 144.0, 576.0)),),
            reference=_fem("implicit", "ratio", (36.0, 144.0, 576.0)),
            relation="above",
            needs=(UNKNOWNS,),
        ),
        Claim(
            name="library_formula_is_not_the_reverse_program",
            statement="torch's closed formula for the derivative of LU factors costs more than 5 N: the theorem is one "
            "on programs reversed line by line, not on any formula for the derivative.",
            source="measured here; products of full matrices where the elimination has triangles",
            measured=(_fem("library_formula", "ratio", (144.0, 576.0)),),
            reference=5.0,
            relation="above",
            needs=(Size(case="fem", quantity="largest_size", at_least=576),),
        ),
    ]


def _gradients() -> list[Claim]:
    return [
        Claim(
            name="scalar_gradients_are_right",
            statement="Gradients of the scalar codes agree with complex steps to 1e-10, relative.",
            source="W. Squire, G. Trapp, SIAM Rev. 40 (1998): complex steps have no cancellation",
            measured=(_summary(SCALARS, "largest_gradient_error"),),
            reference=0.0,
            relation="at most",
            # rounding, times the condition of the bar with 256 cells
            tolerance=1e-10,
            needs=(PROGRAMS,),
        ),
        Claim(
            name="array_gradients_are_right",
            statement="Gradients of the array codes agree with complex steps, and for the eigenvalue with extrapolated "
            "differences, to 1e-9, relative.",
            source="W. Squire, G. Trapp, SIAM Rev. 40 (1998): complex steps have no cancellation",
            measured=(_summary(ARRAYS, "largest_gradient_error"),),
            reference=0.0,
            relation="at most",
            # the differences for the eigenvalue divide its rounding by steps of 1e-2
            tolerance=1e-9,
            needs=(PARAMETERS,),
        ),
        Claim(
            name="taylor_remainder_is_of_second_order",
            statement="For all array codes the remainder after the linear term has the order 2.00, within 0.05.",
            source="Taylor's theorem: order 1 for any wrong gradient",
            measured=(_summary(ARRAYS, "largest_slope_deviation"),),
            reference=0.0,
            relation="at most",
            tolerance=0.05,
            needs=(PARAMETERS,),
        ),
    ]


def _rivals() -> list[Claim]:
    crossover = "(n + 1) N > 4 N from n = 4 on"
    return [
        Claim(
            name=f"finite_differences_cost_more_for_{name}_codes",
            statement=f"From 4 inputs on finite differences cost more operations, for all {name} codes.",
            source=f"{LECTURE}; {crossover}",
            measured=(_summary(case, "smallest_advantage_of_reverse", method="finite_difference"),),
            reference=1.0,
            relation="above",
            needs=(size,),
        )
        for name, case, size in (("scalar", SCALARS, PROGRAMS), ("array", ARRAYS, PARAMETERS))
    ]


def _checkpointing() -> list[Claim]:
    equal = "the recomputed steps are the same operations on the same numbers"
    claims = [
        Claim(
            name=f"{case}_gradients_are_bitwise_equal",
            statement=f"Each gradient of {case} is bit by bit that of the full tape.",
            source=equal,
            measured=(_summary(case, "largest_gradient_error", method=method),),
            reference=0.0,
            relation="equals",
            needs=(size,),
        )
        for case, method, size in ((UNIFORM, CHECKPOINTED, UNIFORM_STEPS), (REVOLVE, REVOLVED, REVOLVE_STEPS))
    ]
    return [
        *claims,
        Claim(
            name="checkpointing_adds_at_most_n",
            statement="Keeping the states between segments alone adds at most one more evaluation, N operations.",
            source="each step but the last segment's is run twice",
            measured=(_summary(UNIFORM, "largest_added_ratio", method=CHECKPOINTED),),
            reference=1.0,
            relation="at most",
            needs=(UNIFORM_STEPS,),
        ),
        Claim(
            name="checkpointing_saves_memory",
            statement="With segments of 10 of 200 or more steps a tenth of the memory suffices, their tape included.",
            source="K / k states and k steps of tape, least for k of the order of sqrt(K)",
            measured=(Rows(case=UNIFORM, method=CHECKPOINTED, quantity="saved_share", x=(10.0,)),),
            reference=0.1,
            relation="at most",
            needs=(UNIFORM_STEPS,),
        ),
        Claim(
            name="revolve_takes_the_fewest_steps",
            statement="Revolve runs exactly as many extra steps as its closed formula, the optimum, says.",
            source=GRIEWANK,
            measured=(Rows(case=REVOLVE, method=REVOLVED, quantity="extra_steps", x=(3.0, 5.0, 10.0, 20.0)),),
            reference=Rows(case=REVOLVE, method="revolve_bound", quantity="extra_steps", x=(3.0, 5.0, 10.0, 20.0)),
            relation="equals",
            needs=(REVOLVE_STEPS,),
        ),
    ]
