"""What the lecture and we claim of loss surfaces, as comparisons of table rows."""

from mlsim.claims import Claim, Relation, Rows, Size

SLOW = 'the lecture: "Learning can be slow"'
SENSITIVE = 'the lecture: "Sensitive to hyperparameters (may not converge in many cases)"'
COMPLICATED = 'the lecture: "Loss surfaces can be really complicated"'
LI = "Li et al., arXiv:1712.09913: filter normalisation removes the scale of the weights"
MESCHEDER = "Mescheder, Geiger, Nowozin, arXiv:1801.04406: the smallest game"
OURS = "ours, beside the lecture"
EXPECTED = "ours, an expectation from before the measurement"


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_exact(), *_surfaces(), *_conditions(), *_sensitive(), *_slow(), *_games()]


def _trained(case: str, *, steps: int, method: str = "adam", seeds: int = 3) -> tuple[Size, ...]:
    sizes = {"training_steps": steps, "trained_seeds": seeds}
    return tuple(Size(case=case, quantity=name, at_least=count, method=method) for name, count in sizes.items())


def _claim(
    name: str, statement: str, rows: Rows, bound: tuple[Relation, Rows | float],
    *, source: str, needs: tuple[Size, ...], tolerance: float = 0.0,
) -> Claim:  # fmt: skip
    return Claim(
        name=name, statement=statement, source=source, measured=(rows,), relation=bound[0], reference=bound[1],
        tolerance=tolerance, needs=needs,
    )  # fmt: skip


def _exact() -> list[Claim]:
    needs = _trained("relu", steps=300)

    def relu(name: str, statement: str, method: str, quantity: str, relation: Relation, bound: float) -> Claim:
        x = () if quantity.endswith("neuron") else (10.0,)
        rows = Rows(case="relu", method=method, quantity=quantity, x=x)
        return _claim(name, statement, rows, (relation, bound), source=LI, needs=needs)

    return [
        _claim(
            "curves_begin_at_the_trained_loss",
            "Every curve of every network has at its origin the trained loss, bit for bit.",
            Rows(case="all_networks", method="curves", quantity="origin_difference"), ("at most", 0.0),
            source="derived: a step of length zero changes no parameter",
            needs=(*needs, Size(case="all_networks", quantity="networks", at_least=6)),
        ),
        relu(
            "normalised_curves_ignore_the_scale_of_layers",
            "Ten times one layer and a tenth of the next leave a filter-normalised curve of a ReLU network unchanged.",
            "filter_normalised", "curve_change", "at most", 1e-12,
        ),
        relu(
            "raw_curves_do_not",
            "The same changes a curve along raw random directions by more than a tenth.",
            "raw", "curve_change", "at least", 0.1,
        ),
        relu(
            "sharpness_is_no_property_of_the_function",
            "The same function has another largest eigenvalue then, at least five times as large.",
            "hessian", "sharpness_ratio", "at least", 5.0,
        ),
        relu(
            "normalised_curves_do_see_the_scale_of_neurons",
            "Where each neuron has a factor of its own, the filter-normalised curve changes by more than a hundredth.",
            "filter_normalised", "curve_change_by_neuron", "at least", 0.01,
        ),
    ]  # fmt: skip


def _surfaces() -> list[Claim]:
    needs = (*_trained("skip", steps=300, seeds=7), *_trained("plain", steps=300, seeds=7))

    def sign_test(name: str, statement: str, quantity: str, x: tuple[float, ...], source: str) -> Claim:
        rows = Rows(case="skip", method="sign_test", quantity=f"chance_of_less_{quantity}", x=x)
        return _claim(name, statement, rows, ("at most", 0.05 / 3), source=source, needs=needs)

    return [
        sign_test(
            "skips_flatten_the_surroundings",
            "With skips, and the smaller initial weights that they allow, the loss rises less within the whole reach "
            "of filter-normalised directions; sign test over the seeds, 5 percent for this and the next two together.",
            "rise", (1.0,), COMPLICATED,
        ),
        sign_test(
            "skips_flatten_the_neighbourhood",
            "With both it rises less within half of the reach, too.",
            "rise", (0.5,), EXPECTED,
        ),
        sign_test(
            "skips_make_less_sharp",
            "With both the largest eigenvalue of the Hessian is smaller after training at the same rate.",
            "sharpness", (), EXPECTED,
        ),
    ]  # fmt: skip


def _conditions() -> list[Claim]:
    needs = (*_trained("pinn", steps=500, seeds=7), *_trained("data_fit", steps=500, seeds=7))

    def sign_test(name: str, statement: str, what: str, *x: float) -> Claim:
        rows = Rows(case="pinn", method="sign_test", quantity=f"chance_of_{what}", x=x)
        return _claim(name, statement, rows, ("at most", 0.05 / 6), source=OURS, needs=needs)

    return [
        *(
            _claim(
                f"condition_of_sines_{method}",
                f"With sines for a network the Hessian of the {words}.",
                Rows(case="sines", method=method, quantity="condition_over_theory", x=(2.0, 4.0, 8.0, 16.0)),
                ("equals", 1.0), tolerance=1e-9, source="derived: sines are orthogonal on the points", needs=needs,
            )
            for method, words in {
                "data_fit": "data fit has the condition 1",
                "pinn": "equation has the condition K^4",
            }.items()
        ),
        _claim(
            "equation_is_worse_conditioned",
            "The first eigenvalue over the 10th, the 20th and the 40th is at least one decade above that of the data "
            "fit, in the mean.",
            Rows(case="pinn", method="adam", quantity="decades_of_condition_over_data_fit", x=(10.0, 20.0, 40.0)),
            ("at least", 1.0), source=EXPECTED, needs=needs,
        ),
        sign_test(
            "equation_is_sharper",
            "For one network and one Poisson problem the loss of the equation is sharper than that of the data fit; "
            "sign test over the seeds, 5 percent for all six tests of the two losses.",
            "more_sharpness",
        ),
        sign_test(
            "equation_is_better_conditioned_in_few_directions",
            "The first eigenvalue over the 10th is smaller; asked after a first measurement had shown it.",
            "less_condition", 10.0,
        ),
    ]  # fmt: skip


def _sensitive() -> list[Claim]:
    def share(name: str, statement: str, rows: Rows, relation: Relation, percent: float) -> Claim:
        sizes = _trained(rows.case, steps=400, method=rows.method, seeds=5)
        needs = (*sizes, Size(case=rows.case, quantity="rates", at_least=7, method=rows.method))
        return _claim(name, statement, rows, (relation, percent), source=SENSITIVE, needs=needs)

    def rows(case: str, method: str, quantity: str, *x: float) -> Rows:
        return Rows(case=case, method=method, quantity=quantity, x=x)

    return [
        share(
            "descent_diverges_at_large_rates",
            "Gradient descent on the equation diverges from every seed at rates of 1 and 3.",
            rows("pinn", "descent", "diverged", 1.0, 3.0), "at least", 100.0,
        ),
        share(
            "descent_never_arrives",
            "At no rate and from no seed does it solve the equation to one percent within the budget, that of Adam.",
            rows("pinn", "descent", "reached_of_all"), "at most", 0.0,
        ),
        share(
            "adam_arrives_from_every_seed_at_good_rates",
            "Adam does so from every seed at rates from 0.01 to 0.1, at one of its looks at least.",
            rows("pinn", "adam", "reached", 0.01, 0.03, 0.1), "at least", 100.0,
        ),
        share(
            "adam_fails_from_every_seed_at_bad_rates",
            "Ten times the largest of these rates, and it fails from every seed.",
            rows("pinn", "adam", "reached", 1.0, 3.0), "at most", 0.0,
        ),
        share(
            "data_fit_misses_in_half_of_all_trainings",
            "Fitting the known solution by the same network, Adam misses one percent in half of all trainings or more.",
            rows("data_fit", "adam", "reached_of_all"), "at most", 50.0,
        ),
    ]  # fmt: skip


def _slow() -> list[Claim]:
    def slower(name: str, statement: str, case: str, factor: float, steps: int) -> Claim:
        rows = Rows(case=case, method="adam", quantity="operations_over_direct")
        return _claim(name, statement, rows, ("at least", factor), source=SLOW, needs=_trained(case, steps=steps))

    def worse(name: str, statement: str, direct: str) -> Claim:
        rows = Rows(case="mnn_h", method="adam", quantity="error_at_shown_rate")
        other = Rows(case="mnn_h", method=direct, quantity="error")
        return _claim(name, statement, rows, ("at least", other), source=OURS, needs=_trained("mnn_h", steps=300))

    return [
        slower(
            "tridiagonal_solve_wins",
            "A tridiagonal solve reaches one percent with less than a thousandth of the operations that the "
            "equation's network needs for its evaluations alone.",
            "pinn",
            1000.0,
            500,
        ),
        slower(
            "kernel_wins_on_ground_states",
            "Kernel ridge regression reaches ten percent on ground states with less than a tenth of the operations of "
            "MNN-H, the choice of its length scale included.",
            "mnn_h",
            10.0,
            300,
        ),
        worse("kernel_is_more_accurate", "It is also more accurate than the trained MNN-H.", "kernel_ridge"),
        worse("coarse_solve_is_more_accurate", "So is the equation solved on every second point.", "coarse_solve"),
    ]


def _games() -> list[Claim]:
    needs = (*_trained("gan", steps=300, method="game"), *_trained("gan_penalised", steps=300, method="game"))

    def dirac(name: str, statement: str, quantity: str, bound: tuple[Relation, float], *x: float) -> Claim:
        rows = Rows(case="dirac", method="game", quantity=quantity, x=x)
        return _claim(name, statement, rows, bound, source=MESCHEDER, needs=needs)

    def trained(name: str, statement: str, game: str, quantity: str, bound: tuple[Relation, Rows | float]) -> Claim:
        rows = Rows(case=game, method="game", quantity=quantity)
        return _claim(name, statement, rows, bound, source=OURS, needs=needs)

    return [
        dirac(
            "smallest_game_has_the_spectrum_of_the_formula",
            "The Jacobian of the smallest game has the eigenvalues of the closed form.",
            "distance_from_formula", ("at most", 1e-12), 0.0, 0.25, 0.5, 2.0,
        ),
        dirac(
            "smallest_game_turns_for_ever",
            "Without a penalty nothing attracts: no eigenvalue has a real part.",
            "attraction", ("equals", 0.0), 0.0,
        ),
        dirac(
            "penalty_attracts",
            "With a penalty on the critic's slope every eigenvalue attracts.",
            "attraction", ("at least", 0.05), 0.25, 0.5, 2.0,
        ),
        trained(
            "trained_game_repels",
            "A game of two networks without a penalty ends where some directions repel, with real parts below -0.1 in "
            "the mean over the seeds.",
            "gan", "attraction", ("at most", -0.1),
        ),
        trained(
            "penalty_leaves_weak_repulsion",
            "With the penalty none is below -0.02, from no seed.",
            "gan_penalised", "attraction_of_all", ("at least", -0.02),
        ),
        trained(
            "penalty_slows_the_rotation",
            "With the penalty the fastest rotation is slower.",
            "gan_penalised", "rotation", ("at most", Rows(case="gan", method="game", quantity="rotation")),
        ),
    ]  # fmt: skip
