"""What the study claims, as comparisons of table rows."""

from mlsim.claims import Claim, Size, claim, needs, quantity

THEOREM = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Theorem 1"
TABLE = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Table 1, recalled; exponents rounded up here"
GRID_TENSORS = "V. Khrulkov, O. Hrinchuk, I. Oseledets, ICLR 2019, recalled"
LECTURE = "ours, beside the lecture: results on deep networks by tensor analysis; after ICLR 2018"
BOUND = "Eckart-Young for each unfolding"
DIGITS = ("digits_2x2", "digits_4x4")
CASES = needs("all_ranks", cases=25)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_ranks(), *_conversions(), *_grids_and_growth(), *_digits(), *_functions(), *_separation()]


def _trained(case: str) -> tuple[Size, ...]:
    """Enough steps and seeds, of the tensor trains, which every run has."""
    return needs(case, training_steps=1000 if case in DIGITS else 800, training_seeds=3, of="tt")


def _ranks() -> list[Claim]:
    cut = "ours, derived: the flattening factors through each cut"
    ranks = (
        ("draws_off_the_cut", "equals the minimal cut", cut),
        ("draws_below_the_bound", "is at least q^(d/2), q = min(n, r)", THEOREM),
    )
    return [
        *(
            claim(f"{method}_{name}", source, CASES)(
                f"With {cores} the exact rank of each draw {text}.", quantity("all_ranks", name)(method).equals(0)
            )
            for method, cores in (("tt", "independent cores"), ("tt_shared", "one shared core"))
            for name, text, source in ranks
        ),
        claim("theorem_is_not_sharp_for_many_values", "ours, measured; minimal cut", CASES)(
            "For n = 4 > r = 2 and d = 8 the rank is 128, eight times the theorem's bound.",
            quantity("rank_n4_r2", "exact_rank", x=8)("tt").equals(128),
        ),
    ]


def _conversions() -> list[Claim]:
    converted = {
        "ht_to_tt": "a tensor train of width r^ceil(log2(d) / 2)",
        "tt_to_ht": "a tree of width r^2 (r for four modes)",
        "ht_to_cp": "a shallow network of width at least r^(d/2)",
    }
    return [
        claim(f"{name}_width", TABLE, needs("all_ranks", cases=25, of="tt"))(
            f"A random network of the format {name[:2].upper()} of width r = 2 needs {text}.",
            quantity(f"convert_{name}_r2", "needed_width", x=(4, 8, 16))("n2").equals(
                quantity(f"convert_{name}_r2", "closed_form", x=(4, 8, 16))("n2")
            ),
        )
        for name, text in converted.items()
    ]


def _grids_and_growth() -> list[Claim]:
    draws = needs("grid_m4_t6", draws=20, of="relu")
    largest, bound = (quantity("grid_m4_t6", name, x=(1, 2, 3)) for name in ("largest_rank", "theorem_bound"))
    longest = needs("cp_width_n3_r3", largest_d=10, of="cp")
    return [
        claim("relu_networks_can_be_nearly_shallow", f"{GRID_TENSORS}: an open set needs width 1 only", draws)(
            "Some random ReLU networks of width 1 to 4 have grid tensors of less than half the full rank 64.",
            quantity("grid_m4_t6", "smallest_rank", x=(1, 2, 3, 4))("relu") <= 32,
        ),
        claim("relu_networks_can_have_full_rank", GRID_TENSORS, draws)(
            "Some random ReLU networks exceed the multiplicative rank min(M, R)^(T/2), for R = 1 to 3.",
            largest("relu") > bound("relu"),
        ),
        claim("needed_canonical_rank_grows_exponentially", f"{THEOREM}, in the form for errors; {BOUND}", longest)(
            "For an error of a tenth, tensor trains of width 3 need a canonical rank that grows by at least 1.6 with "
            "each pair of modes: 1.6^(d/2), certified by the bound.",
            quantity("cp_width_n3_r3", "rank_growth", x=(6, 8, 10))("cp") >= 1.6,
        ),
    ]


def _digits() -> list[Claim]:
    gain = {case: quantity(case, "gain_over_cp", x=(2, 4, 8)) for case in DIGITS}
    widths = [
        stated
        for case in DIGITS
        for stated in (
            claim(f"{case}_tt_beats_cp_at_equal_width", LECTURE, _trained(case))(
                f"On {case} the recurrent network beats the shallow one of equal width 2, 4, 8 in the mean.",
                gain[case]("tt") > 0,
            ),
            claim(f"{case}_tt_gains_two_points_at_width_4", LECTURE, _trained(case))(
                f"On {case} the recurrent network of width 4 beats the shallow one by more than 2 percentage points.",
                gain[case]("tt", x=4) > 2,
            ),
            claim(f"{case}_ht_is_no_worse_than_cp", LECTURE, _trained(case))(
                f"On {case} the tree-like network of width 2, 4, 8 is no worse than the shallow one, within two "
                "standard errors.",
                gain[case]("ht").at_least(0, errors=2),
            ),
        )
    ]
    classical = "ours, measured: the classical method wins"
    return [
        *widths,
        claim("support_vectors_win_on_digits", classical, _trained("digits_2x2"))(
            "On the digits a support vector machine beats the recurrent network of width 8.",
            quantity("digits_2x2", "accuracy")("svc") > quantity("digits_2x2", "equal_accuracy")("tt"),
        ),
    ]


def _functions() -> list[Claim]:
    automaton = "a weighted automaton is a train with one core"
    return [
        claim("teachers_are_learned_at_their_own_width", LECTURE, _trained("teacher"))(
            "Recurrent networks of the teachers' width 4 learn them from a sixteenth of the words, within an error of "
            "0.15.",
            quantity("teacher", "relative_error", x=4)("tt") <= 0.15,
        ),
        claim("automata_are_trains_with_a_shared_core", automaton, _trained("automaton"))(
            "A tensor train with one shared core of width 8 learns automata of 4 states within an error of 0.05; "
            "width 4 represents them exactly, but some trainings stall.",
            quantity("automaton", "relative_error", x=8)("tt_shared") <= 0.05,
        ),
        *(
            claim(f"{case}_beats_kernel_regression", "ours, measured", _trained(case))(
                f"On the {case} the recurrent network of width 4 beats Gaussian kernel regression.",
                quantity(case, "relative_error")("kernel_ridge").above(quantity(case, "equal_error")("tt"), errors=2),
            )
            for case in ("teacher", "automaton")
        ),
    ]


def _separation() -> list[Claim]:
    pairs = (("teacher", "tt", "ht"), ("teacher", "ht", "cp"), ("automaton", "tt", "cp"))
    error = {case: quantity(case, "equal_error") for case in ("teacher", "automaton")}
    plural = {"teacher": "teachers", "automaton": "automata"}
    return [
        *(
            claim(f"{case}_{better}_beats_{worse}_at_equal_parameters", LECTURE, _trained(case))(
                f"On the {plural[case]} {better.upper()} beats {worse.upper()} at an equal number of parameters.",
                error[case](worse).above(error[case](better), errors=2),
            )
            for case, better, worse in pairs
        ),
        claim("separation_at_equal_parameters_is_certified", f"ours; {BOUND}", _trained("teacher"))(
            "On the teachers no shallow network with the parameters of the recurrent one can come as close: the lower "
            "bound on its error is above the error of the recurrent network.",
            quantity("teacher", "equal_lower_bound")("cp").above(
                quantity("teacher", "equal_tensor_error")("tt"), errors=2
            ),
        ),
        *(
            claim(f"{case}_equal_parameters_differ_little", "ours, measured", _trained(case))(
                f"On {case} TT and CP differ by at most 2 percentage points at equal parameters: no separation on "
                "digits.",
                quantity(case, "equal_accuracy")("tt").equals(quantity(case, "equal_accuracy")("cp"), within=2),
            )
            for case in DIGITS
        ),
    ]
