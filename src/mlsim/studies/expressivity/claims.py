"""What the study claims, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size

THEOREM = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Theorem 1"
TABLE = "V. Khrulkov, A. Novikov, I. Oseledets, ICLR 2018, Table 1"
LECTURE = "the lecture: results on deep networks by tensor analysis; after ICLR 2018"
BOUND = "Eckart-Young for each unfolding"
DIGITS = ("digits_2x2", "digits_4x4")

CASES = Size(case="all_ranks", quantity="cases", at_least=25)
TENSORS = Size(case="all_ranks", method="tt", quantity="cases", at_least=25)
GRIDS = Size(case="grid_m4_t6", method="relu", quantity="draws", at_least=20)
LONGEST = Size(case="cp_width_n3_r3", method="cp", quantity="largest_d", at_least=10)


def claims() -> list[Claim]:
    """The study's claims."""
    return [
        *_ranks(),
        *_conversions(),
        *_approximation(),
        *_equal_width(),
        *_digit_levels(),
        *_words(),
        *_equal_parameters(),
    ]


def _trained(case: str) -> tuple[Size, Size]:
    """Enough steps and seeds, of the trains, which every run has."""
    steps = 1500 if case in DIGITS else 800
    return (
        Size(case=case, method="tt", quantity="training_steps", at_least=steps),
        Size(case=case, method="tt", quantity="training_seeds", at_least=3),
    )


def _ranks() -> list[Claim]:
    claims = []
    for method, words in (("tt", "independent cores"), ("tt_shared", "one shared core")):
        for quantity, text, source in (
            ("draws_off_the_cut", "equals the minimal cut", "derived here: the flattening factors through each cut"),
            ("draws_below_the_bound", "is at least q^(d/2), q = min(n, r)", THEOREM),
        ):
            claims.append(
                Claim(
                    name=f"{method}_{quantity}",
                    statement=f"With {words} the exact rank of each draw {text}.",
                    source=source,
                    measured=(Rows(case="all_ranks", method=method, quantity=quantity),),
                    reference=0.0,
                    relation="equals",
                    needs=(CASES,),
                )
            )
    return [
        *claims,
        Claim(
            name="theorem_is_not_sharp_for_many_values",
            statement="For n = 4 > r = 2 and d = 8 the rank is 128, eight times the theorem's bound.",
            source="minimal cut; measured here",
            measured=(Rows(case="rank_n4_r2", method="tt", quantity="exact_rank", x=(8.0,)),),
            reference=128.0,
            relation="equals",
            needs=(CASES,),
        ),
    ]


def _conversions() -> list[Claim]:
    converted = (
        ("ht_to_tt", "a train of width r^ceil(log2(d) / 2)", 2, (4.0, 8.0, 16.0)),
        ("tt_to_ht", "a tree of width r^2 (r for four modes)", 2, (4.0, 8.0, 16.0)),
        ("ht_to_cp", "a shallow network of width at least r^(d/2)", 2, (4.0, 8.0, 16.0)),
    )
    claims = [
        Claim(
            name=f"{name}_width",
            statement=f"A random network of the format {name[:2].upper()} of width r = {r} needs {text}.",
            source=f"{TABLE}, recalled; exponents rounded up here",
            measured=(Rows(case=f"convert_{name}_r{r}", method=f"n{r}", quantity="needed_width", x=x),),
            reference=Rows(case=f"convert_{name}_r{r}", method=f"n{r}", quantity="closed_form", x=x),
            relation="equals",
            needs=(TENSORS,),
        )
        for name, text, r, x in converted
    ]
    ranks = (5.0, 17.0, 64.0, 70.0)
    return [
        *claims,
        Claim(
            name="canonical_rank_is_seen_by_the_flattening",
            statement="A random canonical tensor of rank R has odd-even rank min(R, n^(d/2)).",
            source="dimension count; measured here",
            measured=(Rows(case="canonical_n4_d6", method="cp", quantity="exact_rank", x=ranks),),
            reference=Rows(case="canonical_n4_d6", method="cp", quantity="min_cut", x=ranks),
            relation="equals",
            needs=(TENSORS,),
        ),
        Claim(
            name="relu_networks_can_be_nearly_shallow",
            statement="Some random relu networks of width 1 to 4 have grid tensors of less than half the full rank 64.",
            source="V. Khrulkov, O. Hrinchuk, I. Oseledets, ICLR 2019, recalled: an open set needs width 1 only",
            measured=(Rows(case="grid_m4_t6", method="relu", quantity="smallest_rank", x=(1.0, 2.0, 3.0, 4.0)),),
            reference=32.0,
            relation="at most",
            needs=(GRIDS,),
        ),
        Claim(
            name="relu_networks_can_have_full_rank",
            statement="Some random relu networks exceed the multiplicative rank min(M, R)^(T/2), for R = 1 to 3.",
            source="V. Khrulkov, O. Hrinchuk, I. Oseledets, ICLR 2019, recalled",
            measured=(Rows(case="grid_m4_t6", method="relu", quantity="largest_rank", x=(1.0, 2.0, 3.0)),),
            reference=Rows(case="grid_m4_t6", method="relu", quantity="theorem_bound", x=(1.0, 2.0, 3.0)),
            relation="above",
            needs=(GRIDS,),
        ),
    ]


def _approximation() -> list[Claim]:
    never_below = [
        Claim(
            name=f"least_squares_stay_above_the_bound_r{r}",
            statement=f"For trains of rank {r} no run of alternating least squares is below the lower bound.",
            source=BOUND,
            measured=(Rows(case=f"cp_error_r{r}", method="cp", quantity="smallest_excess"),),
            reference=0.0,
            relation="at least",
            # rounding, where the bound is zero
            tolerance=1e-12,
            needs=(Size(case=f"cp_error_r{r}", quantity="draws", at_least=3),),
        )
        for r in (2, 3)
    ]
    growing = (4.0, 6.0, 8.0, 10.0)
    return [
        *never_below,
        Claim(
            name="needed_canonical_rank_grows_exponentially",
            statement="For an error of a tenth, trains of width 3 need a canonical rank that at least grows by 1.6 "
            "with each pair of modes: 1.6^(d/2), certified by the bound.",
            source=f"{THEOREM}, in the form for errors; {BOUND}",
            measured=(Rows(case="cp_width_n3_r3", method="cp", quantity="rank_growth", x=growing[1:]),),
            reference=1.6,
            relation="at least",
            needs=(LONGEST,),
        ),
        Claim(
            name="trained_shallow_networks_stay_above_the_bound",
            statement="On the teachers no trained shallow network is below the bound for its width.",
            source=BOUND,
            measured=(Rows(case="teacher", method="cp", quantity="smallest_excess"),),
            reference=0.0,
            relation="at least",
            # single precision of the network against values of order one
            tolerance=1e-5,
            needs=_trained("teacher"),
        ),
    ]


def _equal_width() -> list[Claim]:
    return [
        claim
        for case in DIGITS
        for claim in (
            Claim(
                name=f"{case}_tt_beats_cp_at_equal_width",
                statement=f"On {case} the recurrent network beats the shallow one of equal width 2, 4, 8 in the mean.",
                source=LECTURE,
                measured=(Rows(case=case, method="tt", quantity="gain_over_cp", x=(2.0, 4.0, 8.0)),),
                reference=0.0,
                relation="above",
                needs=_trained(case),
            ),
            Claim(
                name=f"{case}_tt_gains_two_points_at_width_4",
                statement=f"On {case} the recurrent network of width 4 is better by more than 2 percentage points.",
                source=LECTURE,
                measured=(Rows(case=case, method="tt", quantity="gain_over_cp", x=(4.0,)),),
                reference=2.0,
                relation="above",
                needs=_trained(case),
            ),
            Claim(
                name=f"{case}_ht_is_no_worse_than_cp",
                statement=f"On {case} the tree-like network of width 2, 4, 8 is no worse than the shallow one, within "
                "two standard errors.",
                source=LECTURE,
                measured=(Rows(case=case, method="ht", quantity="gain_over_cp", x=(2.0, 4.0, 8.0)),),
                reference=0.0,
                relation="at least",
                errors=2.0,
                needs=_trained(case),
            ),
        )
    ]


def _digit_levels() -> list[Claim]:
    levels = [
        Claim(
            name=f"{case}_tt_of_width_8_reaches_{name}",
            statement=f"On {case} the recurrent network of width 8 reaches {level} %.",
            source="a gate of this project, from a prototype",
            measured=(Rows(case=case, method="tt", quantity="accuracy", x=(8.0,)),),
            reference=level,
            relation="at least",
            needs=_trained(case),
        )
        for case, name, level in (
            ("digits_2x2", "97", 97.0),
            ("digits_4x4", "97", 97.0),
            ("digits_4x4", "98_5", 98.5),
        )
    ]
    return [
        *levels,
        Claim(
            name="support_vectors_win_on_digits",
            statement="On the digits a support vector machine beats the recurrent network of width 8.",
            source="measured here: the classical method wins",
            measured=(Rows(case="digits_2x2", method="svc", quantity="accuracy"),),
            reference=Rows(case="digits_2x2", method="tt", quantity="equal_accuracy"),
            relation="above",
            needs=_trained("digits_2x2"),
        ),
    ]


def _words() -> list[Claim]:
    return [
        Claim(
            name="teachers_are_learned_at_their_own_width",
            statement="Recurrent networks of the teachers' width 4 learn them from a sixteenth of the words, within "
            "an error of 0.15.",
            source=LECTURE,
            measured=(Rows(case="teacher", method="tt", quantity="relative_error", x=(4.0,)),),
            reference=0.15,
            relation="at most",
            needs=_trained("teacher"),
        ),
        Claim(
            name="automata_are_trains_with_a_shared_core",
            statement="A train with one shared core of width 4 learns automata of 4 states within an error of 0.01.",
            source="a weighted automaton is a train with one core",
            measured=(Rows(case="automaton", method="tt_shared", quantity="relative_error", x=(4.0,)),),
            reference=0.01,
            relation="at most",
            needs=_trained("automaton"),
        ),
        *(
            Claim(
                name=f"{case}_beats_kernel_regression",
                statement=f"On the {case} the recurrent network of width 4 beats Gaussian kernel regression.",
                source="measured here",
                measured=(Rows(case=case, method="kernel_ridge", quantity="relative_error"),),
                reference=Rows(case=case, method="tt", quantity="equal_error"),
                relation="above",
                errors=2.0,
                needs=_trained(case),
            )
            for case in ("teacher", "automaton")
        ),
    ]


def _equal_parameters() -> list[Claim]:
    order = (("ht", "tt"), ("cp", "ht"))
    separated = [
        Claim(
            name=f"teacher_{better}_beats_{worse}_at_equal_parameters",
            statement=f"On the teachers {better.upper()} beats {worse.upper()} at an equal number of parameters.",
            source=LECTURE,
            measured=(Rows(case="teacher", method=worse, quantity="equal_error"),),
            reference=Rows(case="teacher", method=better, quantity="equal_error"),
            relation="above",
            errors=2.0,
            needs=_trained("teacher"),
        )
        for worse, better in order
    ]
    return [
        *separated,
        Claim(
            name="automaton_tt_beats_cp_at_equal_parameters",
            statement="On the automata TT beats CP at an equal number of parameters.",
            source=LECTURE,
            measured=(Rows(case="automaton", method="cp", quantity="equal_error"),),
            reference=Rows(case="automaton", method="tt", quantity="equal_error"),
            relation="above",
            errors=2.0,
            needs=_trained("automaton"),
        ),
        Claim(
            name="separation_at_equal_parameters_is_certified",
            statement="On the teachers no shallow network with the parameters of the recurrent one can come as close: "
            "the lower bound on its error is above the error of the recurrent network.",
            source=BOUND,
            measured=(Rows(case="teacher", method="cp", quantity="equal_lower_bound"),),
            reference=Rows(case="teacher", method="tt", quantity="equal_tensor_error"),
            relation="above",
            errors=2.0,
            needs=_trained("teacher"),
        ),
        *(
            Claim(
                name=f"{case}_equal_parameters_differ_little",
                statement=f"On {case} TT and CP differ by at most 2 percentage points at equal parameters: no "
                "separation on digits.",
                source="measured here",
                measured=(Rows(case=case, method="tt", quantity="equal_accuracy"),),
                reference=Rows(case=case, method="cp", quantity="equal_accuracy"),
                relation="equals",
                tolerance=2.0,
                needs=_trained(case),
            )
            for case in DIGITS
        ),
    ]
