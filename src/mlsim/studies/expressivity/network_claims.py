"""What the study claims of the trained networks, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size

LECTURE = "the lecture: results on deep networks by tensor analysis; after ICLR 2018"
BOUND = "Eckart-Young for each unfolding"
DIGITS = ("digits_2x2", "digits_4x4")


def network_claims() -> list[Claim]:
    """Claims on digits, teachers and automata."""
    return [*_equal_width(), *_digit_levels(), *_words(), *_separation(), *_certified(), *_no_separation()]


def _trained(case: str) -> tuple[Size, Size]:
    """Enough steps and seeds, of the trains, which every run has."""
    steps = 1000 if case in DIGITS else 800
    return (
        Size(case=case, method="tt", quantity="training_steps", at_least=steps),
        Size(case=case, method="tt", quantity="training_seeds", at_least=3),
    )


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
            statement="A train with one shared core of width 8 learns automata of 4 states within an error of 0.05; "
            "width 4 represents them exactly, but some trainings stall.",
            source="a weighted automaton is a train with one core",
            measured=(Rows(case="automaton", method="tt_shared", quantity="relative_error", x=(8.0,)),),
            reference=0.05,
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


def _separation() -> list[Claim]:
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
    ]


def _certified() -> list[Claim]:
    return [
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


def _no_separation() -> list[Claim]:
    return [
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
    ]
