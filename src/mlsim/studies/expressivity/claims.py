"""What the study claims, as comparisons of table rows."""

from mlsim.claims import Claim, Size, claim, needs, quantity

THEOREM = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Theorem 1"
TABLE = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Table 1, recalled; exponents rounded up here"
GRID_TENSORS = "V. Khrulkov, O. Hrinchuk, I. Oseledets, ICLR 2019, recalled"
LECTURE = "ours, beside the lecture: results on deep networks by tensor analysis; after ICLR 2018"
BOUND = "Eckart-Young for each unfolding"
DIGITS = {
    case: f"Digits in patches of {size} pixels" for case, size in (("digits_2x2", "2 x 2"), ("digits_4x4", "4 x 4"))
}
FUNCTIONS = {
    "teacher": "Functions that are random tensor trains (TT) of width 4",
    "automaton": "Weighted automata of 4 states",
}
NETWORKS = {"tt": "recurrent network (TT)", "ht": "tree network (HT)", "cp": "shallow network (CP)"}
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
        ("rank_equals_min_cut", "draws_off_the_cut", "equals the minimal cut of the network's graph", cut),
        # the stored claims, which config/published/replication.yaml cites, have this name
        ("draws_below_the_bound", "draws_below_the_bound", "is at least min(n, r)^(d/2)", THEOREM),
    )
    return [
        *(
            claim(f"{method}_{name}", source, CASES)(
                f"Random tensor trains (TT) with {cores}, n values per mode, width r and d modes: the rank of odd "
                f"against even modes {text} in every draw.",
                quantity("all_ranks", violations)(method).equals(0),
            )
            for method, cores in (("tt", "independent cores"), ("tt_shared", "one shared inner core"))
            for name, violations, text, source in ranks
        ),
        claim("theorem_is_not_sharp_for_many_values", "ours, measured; minimal cut", CASES)(
            "Random tensor trains (TT) with n = 4 values per mode, width r = 2 and d = 8 modes have rank 128 of odd "
            "against even modes, eight times the lower bound min(n, r)^(d/2).",
            quantity("rank_n4_r2", "exact_rank", x=8)("tt").equals(128),
        ),
    ]


def _conversions() -> list[Claim]:
    converted = {
        "ht_to_tt": ("hierarchical Tucker tree (HT)", "a tensor train (TT) of width r^ceil(log2(d) / 2)"),
        "tt_to_ht": ("tensor train (TT)", "a hierarchical Tucker tree (HT) of width r^2 (r for four modes)"),
        "ht_to_cp": ("hierarchical Tucker tree (HT)", "a shallow network (CP) of width at least r^(d/2)"),
    }
    return [
        claim(f"{name}_width", TABLE, needs("all_ranks", cases=25, of="tt"))(
            f"A random {network} of width r = 2 with d = 4, 8 and 16 modes needs {text}.",
            quantity(f"convert_{name}_r2", "needed_width", x=(4, 8, 16))("n2").equals(
                quantity(f"convert_{name}_r2", "closed_form", x=(4, 8, 16))("n2")
            ),
        )
        for name, (network, text) in converted.items()
    ]


def _grids_and_growth() -> list[Claim]:
    draws = needs("grid_m4_t6", draws=20, of="relu")
    largest, bound = (quantity("grid_m4_t6", name, x=(1, 2, 3)) for name in ("largest_rank", "theorem_bound"))
    longest = needs("cp_width_n3_r3", largest_d=10, of="cp")
    return [
        claim("relu_networks_can_be_nearly_shallow", f"{GRID_TENSORS}: an open set needs width 1 only", draws)(
            "Random recurrent ReLU networks on 6 parts with 4 templates: at each width from 1 to 4 some draw has a "
            "grid tensor of at most half the full rank 64.",
            quantity("grid_m4_t6", "smallest_rank", x=(1, 2, 3, 4))("relu") <= 32,
        ),
        claim("relu_networks_can_have_full_rank", GRID_TENSORS, draws)(
            "Random recurrent ReLU networks on 6 parts with 4 templates: at each width R = 1, 2, 3 some draw has a "
            "grid tensor of rank above min(4, R)^3, the lower bound for products.",
            largest("relu") > bound("relu"),
        ),
        claim("needed_canonical_rank_grows_exponentially", f"{THEOREM}, in the form for errors; {BOUND}", longest)(
            "Random tensor trains (TT) of width 3: the lower bound on the canonical (CP) rank for a relative error "
            "of 0.1 grows at least by a factor 1.6 per pair of modes, up to 6, 8 and 10 modes.",
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
                f"{DIGITS[case]}: the recurrent network (tensor train, TT) of width 2, 4, 8 is more accurate than the "
                "shallow network (CP) of equal width, in the mean over seeds.",
                gain[case]("tt") > 0,
            ),
            claim(f"{case}_tt_gains_two_points_at_width_4", LECTURE, _trained(case))(
                f"{DIGITS[case]}: the recurrent network (tensor train, TT) of width 4 is by more than 2 percentage "
                "points more accurate than the shallow network (CP) of width 4.",
                gain[case]("tt", x=4) > 2,
            ),
            claim(f"{case}_ht_is_no_worse_than_cp", LECTURE, _trained(case))(
                f"{DIGITS[case]}: the tree network (hierarchical Tucker, HT) of width 2, 4, 8 is at least as accurate "
                "as the shallow network (CP) of equal width, within two standard errors.",
                gain[case]("ht").at_least(0, errors=2),
            ),
        )
    ]
    classical = "ours, measured: the classical method wins"
    return [
        *widths,
        claim("support_vectors_win_on_digits", classical, _trained("digits_2x2"))(
            "Digits in patches of 2 x 2 pixels: a support vector machine on the pixels is more accurate than the "
            "recurrent network (tensor train, TT) of width 8.",
            quantity("digits_2x2", "accuracy")("svc") > quantity("digits_2x2", "equal_accuracy")("tt"),
        ),
    ]


def _functions() -> list[Claim]:
    automaton = "a weighted automaton is a train with one core"
    return [
        claim("teachers_are_learned_at_their_own_width", LECTURE, _trained("teacher"))(
            "Functions that are random tensor trains (TT) of width 4: a TT of width 4 trained on a sixteenth of the "
            "words has a relative error of at most 0.15 on unseen words.",
            quantity("teacher", "relative_error", x=4)("tt") <= 0.15,
        ),
        claim("automata_are_trains_with_a_shared_core", automaton, _trained("automaton"))(
            "Weighted automata of 4 states: a tensor train (TT) with one shared core of width 8 has a relative error "
            "of at most 0.05 on unseen words.",
            quantity("automaton", "relative_error", x=8)("tt_shared") <= 0.05,
        ),
        *(
            claim(f"{case}_beats_kernel_regression", "ours, measured", _trained(case))(
                f"{FUNCTIONS[case]}: the recurrent network (TT) of width 4 has a smaller error than Gaussian kernel "
                "regression, by more than two standard errors.",
                quantity(case, "relative_error")("kernel_ridge").above(quantity(case, "equal_error")("tt"), errors=2),
            )
            for case in ("teacher", "automaton")
        ),
    ]


def _separation() -> list[Claim]:
    pairs = (("teacher", "tt", "ht"), ("teacher", "ht", "cp"), ("automaton", "tt", "cp"))
    error = {case: quantity(case, "equal_error") for case in ("teacher", "automaton")}
    return [
        *(
            claim(f"{case}_{better}_beats_{worse}_at_equal_parameters", LECTURE, _trained(case))(
                f"{FUNCTIONS[case]}: the {NETWORKS[better]} has a smaller error than the {NETWORKS[worse]} of equally "
                "many parameters, by more than two standard errors.",
                error[case](worse).above(error[case](better), errors=2),
            )
            for case, better, worse in pairs
        ),
        claim("separation_at_equal_parameters_is_certified", f"ours; {BOUND}", _trained("teacher"))(
            "Functions that are random tensor trains (TT) of width 4: the lower bound on the error of shallow "
            "networks (CP) of as many parameters is above the error of the recurrent network (TT) by two standard "
            "errors.",
            quantity("teacher", "equal_lower_bound")("cp").above(
                quantity("teacher", "equal_tensor_error")("tt"), errors=2
            ),
        ),
        *(
            claim(f"{case}_equal_parameters_differ_little", "ours, measured", _trained(case))(
                f"{DIGITS[case]}: the accuracies of the recurrent network (TT) and the shallow network (CP) of "
                "equally many parameters differ by at most 2 percentage points.",
                quantity(case, "equal_accuracy")("tt").equals(quantity(case, "equal_accuracy")("cp"), within=2),
            )
            for case in DIGITS
        ),
    ]
