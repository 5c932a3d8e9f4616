"""What the lecture says on the cost of gradients, as comparisons of table rows."""

from mlsim.claims import Claim, claim, needs, quantity

LECTURE = "the lecture: the gradient of a function of N operations takes less than cN"
# the constants of these sources are recalled, not verified; 4 is counted here, see numerics/differentiation/tape.py
BAUR_STRASSEN = "constant after W. Baur, V. Strassen, The complexity of partial derivatives, TCS 22 (1983), recalled"
FIVE = f"{LECTURE}; 5: {BAUR_STRASSEN}; S. Kakade, J. Lee, NeurIPS 2018"
THEOREM = "ours; implicit function theorem: K^T lambda = dJ/du with the factors at hand"
SCALARS, ARRAYS, UNIFORM = "all_scalar_codes", "all_array_codes", "burgers_checkpointed"


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_bounds(), *_implicit(), _memory()]


def _bounds() -> list[Claim]:
    derived = "ours, derived: each operation multiplies twice and writes twice"
    parameters = needs(ARRAYS, largest_inputs=20_000, of="reverse")
    steps = needs(UNIFORM, steps=200, of="reverse_checkpointed")
    return [
        claim(
            "scalar_codes_within_4n",
            f"{LECTURE}; 4: counted here, {BAUR_STRASSEN}",
            needs("random_programs", programs=300, of="reverse"),
        )(
            "Reverse mode on a tape: value and gradient cost at most 4 N operations, N being those of the value, for "
            "every scalar code and every random program.",
            quantity(SCALARS, "largest_ratio")("reverse") <= 4,
        ),
        claim("bound_of_4n_is_attained", derived, needs("fibonacci_chain", largest_size=40))(
            "Reverse-mode value and gradient of N = 40 products and quotients in a chain cost 4 N - 1 operations.",
            quantity("fibonacci_chain", "ratio", x=40)("reverse").equals(4 - 1 / 40, within=1e-9),
        ),
        claim(
            "ratio_does_not_grow_with_inputs",
            f"{LECTURE}, for any number of inputs",
            needs("speelpenning", largest_size=250),
        )(
            "Reverse-mode value and gradient of Speelpenning's product cost 3 N operations, N being those of the "
            "value, for 4, 10, 50 and 250 inputs.",
            quantity("speelpenning", "ratio", x=(4, 10, 50, 250))("reverse").equals(3, within=1e-9),
        ),
        claim("array_codes_within_5n", FIVE, parameters)(
            "Reverse mode in torch: value and gradient cost at most 5 N operations, N being those of the value, for "
            "every array code differentiated operation by operation.",
            quantity(ARRAYS, "largest_ratio")("reverse") <= 5,
        ),
        claim("checkpointed_code_within_5n", FIVE, steps)(
            "Burgers equation: value and gradient with checkpoints cost at most 5 N operations, N being those of the "
            "value, for every distance between checkpoints.",
            quantity(UNIFORM, "largest_ratio")("reverse_checkpointed") <= 5,
        ),
    ]


def _implicit() -> list[Claim]:
    ratio, sizes = quantity("fem", "ratio", x=(36, 144, 576)), (144, 576)
    formula = "ours, measured; products of full matrices where the elimination has triangles"
    unknowns = needs("fem", largest_size=576, of="implicit")
    return [
        claim("implicit_within_a_tenth", THEOREM, unknowns)(
            "FEM heat conduction with 144 and 576 unknowns: the gradient by the implicit function theorem adds at "
            "most a tenth of the operations of the value.",
            ratio("implicit", x=sizes) <= 1.1,
        ),
        claim("factorisation_costs_more_than_implicit", THEOREM, unknowns)(
            "FEM heat conduction with 36, 144 and 576 unknowns: reverse mode through the elimination costs more "
            "operations than the implicit function theorem.",
            ratio("reverse") > ratio("implicit"),
        ),
        claim("library_formula_is_not_the_reverse_program", formula, needs("fem", largest_size=576))(
            "FEM heat conduction with 144 and 576 unknowns: value and gradient by torch's closed formula for the "
            "derivative of LU factors, not a reversed program, cost more than 5 times the operations of the value.",
            ratio("library_formula", x=sizes) > 5,
        ),
    ]


def _memory() -> Claim:
    source = "ours: K / k states and k steps of tape, least for k of the order of sqrt(K)"
    return claim("checkpointing_saves_memory", source, needs(UNIFORM, steps=200, of="reverse_checkpointed"))(
        "Burgers equation, 200 or more time steps: checkpoints every 10 steps need at most a tenth of the memory of "
        "the full tape, including the tape of one segment.",
        quantity(UNIFORM, "saved_share", x=10)("reverse_checkpointed") <= 0.1,
    )
