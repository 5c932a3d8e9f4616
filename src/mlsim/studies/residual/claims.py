"""What the lecture and we claim of residual learning, as comparisons of table rows."""

from mlsim.claims import Claim, Relation, Rows, Size

LECTURE = 'the lecture: "We learn residual connection. Motivated by multigrid!"'
MGNET = "He, Xu, arXiv:1901.10415: a linear MgNet is multigrid"
HE = "He, Zhang, Ren, Sun, arXiv:1512.03385: plain networks degrade with depth, residual ones do not"
TOEPLITZ = 'the lecture: "Toeplitz matrices for W", "useful to work with piecewise-smooth objects"'
OURS = "ours, beside the lecture"
RATIOS, HEADLINE, DEEPEST = (2.0, 4.0, 8.0, 16.0), 8.0, 34.0
FEW, MANY = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0), 1024.0


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_cycle(), *_corrections(), *_classical(), *_depth(), *_toeplitz()]


def _trained(case: str, *, steps: int, method: str, seeds: int = 3) -> tuple[Size, ...]:
    sizes = {"training_steps": steps, "trained_seeds": seeds}
    return tuple(Size(case=case, quantity=name, at_least=count, method=method) for name, count in sizes.items())


def _cycle() -> list[Claim]:
    grids = (15.0, 31.0)
    needs = (Size(case="mgnet", quantity="largest_grid", at_least=31, method="closed_form"),)
    words = {"mgnet_zero": "begun from zero", "mgnet_injection": "begun from injected values"}
    same = [
        Claim(
            name=f"{method}_is_the_v_cycle",
            statement=f"A linear MgNet with fixed weights, coarse levels {text}, is V(2,2) up to rounding.",
            source=MGNET,
            measured=(Rows(case="mgnet", method=method, quantity="difference_from_v_cycle", x=grids),),
            reference=0.0,
            relation="at most",
            tolerance=1e-13,
            needs=needs,
        )
        for method, text in words.items()
    ]
    radius = Claim(
        name="mgnet_has_the_radius_of_the_closed_form",
        statement="The iteration of the linear MgNet has the spectral radius ((1 + cos(pi h)) / 3)^4.",
        source="derived: modes that the coarse grid does not see decide",
        measured=(Rows(case="mgnet", method="mgnet_zero", quantity="spectral_radius", x=grids),),
        reference=Rows(case="mgnet", method="closed_form", quantity="spectral_radius", x=grids),
        relation="equals",
        tolerance=1e-7,
        needs=needs,
    )
    return [*same, radius]


def _corrections() -> list[Claim]:
    needs = _trained("nlse_1d", steps=1000, method="residual")

    def claim(
        name: str,
        statement: str,
        quantity: str,
        bound: float,
        *,
        relation: Relation,
        x: tuple[float, ...] = (HEADLINE,),
    ) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=LECTURE,
            measured=(Rows(case="nlse_1d", method="residual", quantity=quantity, x=x),),
            reference=bound,
            relation=relation,
            needs=needs,
        )

    return [
        claim(
            "residual_is_ten_times_better_than_direct",
            "At H = 8h the network that learns the residual is at least 10 times as accurate as the same network that "
            "learns the whole state.",
            "direct_error_over_own", 10.0, relation="at least",
        ),
        claim(
            "residual_is_five_times_better_than_the_coarse_solve",
            "At H = 8h it is at least 5 times as accurate as the coarse solve that it corrects.",
            "coarse_error_over_own", 5.0, relation="at least",
        ),
        claim(
            "residual_error",
            "At H = 8h its relative error is at most 5e-4.",
            "test_error", 5e-4, relation="at most",
        ),
        claim(
            "residual_error_stretch",
            "At H = 8h its relative error is at most 2e-4.",
            "test_error", 2e-4, relation="at most",
        ),
        claim(
            "residual_beats_direct_on_every_coarse_grid",
            "On every coarse grid, the poorest included, learning the residual is at least 4 times as accurate.",
            "direct_error_over_own", 4.0, relation="at least", x=RATIOS,
        ),
        claim(
            "residual_at_16_is_below_the_coarse_solve_at_8",
            "The residual learned against H = 16h leaves less than the coarse solve at H = 8h.",
            "finer_coarse_error_over_own", 1.0, relation="at least", x=(16.0,),
        ),
    ]  # fmt: skip


def _classical() -> list[Claim]:
    needs = _trained("nlse_1d", steps=1000, method="residual")

    def beats(name: str, statement: str, method: str, x: float, bound: Rows | float, relation: Relation) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=(Rows(case="nlse_1d", method=method, quantity="test_error", x=(x,)),),
            reference=bound,
            relation=relation,
            needs=needs,
        )

    residual = Rows(case="nlse_1d", method="residual", quantity="test_error", x=(4.0,))
    return [
        beats(
            "richardson_wins_at_4",
            "The classical method wins: at H = 4h Richardson's extrapolation of two coarse solves is at most the "
            "network that corrects one.",
            "richardson", 4.0, residual, "at most",
        ),
        beats(
            "coarse_solve_at_2_needs_no_network",
            "The classical method wins: the coarse solve at H = 2h, without a network, is below 2e-4.",
            "coarse_solve", 2.0, 2e-4, "at most",
        ),
        Claim(
            name="coarse_solve_has_order_two",
            statement="Doubling H multiplies the error of the coarse solve against the exact state by 4.",
            source="second differences are of order two",
            measured=(Rows(case="nlse_1d", method="coarse_solve", quantity="order", x=RATIOS),),
            reference=2.0,
            relation="equals",
            tolerance=0.15,
            needs=needs,
        ),
    ]  # fmt: skip


def _depth() -> list[Claim]:
    def claim(name: str, statement: str, method: str, quantity: str, bound: float, relation: Relation) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=HE,
            measured=(Rows(case="depth", method=method, quantity=quantity, x=(DEEPEST,)),),
            reference=bound,
            relation=relation,
            needs=_trained("depth", steps=300, method=method, seeds=1 if method == "mgnet" else 3),
        )

    return [
        claim(
            "plain_degrades",
            "A plain network of 34 convolutions, torch's initial weights, has at least 1.5 times the training error of "
            "one of 6.",
            "plain", "train_error_over_shallowest", 1.5, "at least",
        ),
        claim(
            "plain_he_degrades",
            "With the initial weights of He et al. a plain network of 34 convolutions trains, but at least 1.2 times "
            "worse than its best shallower one.",
            "plain_he", "train_error_over_shallower", 1.2, "at least",
        ),
        claim(
            "skips_train_where_plain_does_not",
            "With skips the training error at 34 convolutions is at most 0.8 of the plain one.",
            "skip", "plain_train_error_over_own", 1.25, "at least",
        ),
        claim(
            "skips_beat_plain_he",
            "In the mean over seeds it is also at most 0.8 of that of the plain network with the weights of He et al.",
            "skip", "plain_he_train_error_over_own", 1.25, "at least",
        ),
        claim(
            "mgnet_trains_where_plain_does_not",
            "MgNet, whose blocks share a convolution, has at most 0.8 of the plain training error at 34 convolutions.",
            "mgnet", "plain_train_error_over_own", 1.25, "at least",
        ),
        claim(
            "skips_gain_from_depth",
            "With skips the training error at 34 convolutions is at most that of any shallower network.",
            "skip", "train_error_over_shallower", 1.0, "at most",
        ),
    ]  # fmt: skip


def _toeplitz() -> list[Claim]:
    def against_dense(name: str, statement: str, case: str, x: tuple[float, ...], relation: Relation) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=TOEPLITZ if relation == "at most" else OURS,
            measured=(Rows(case=case, method="convolution", quantity="test_error", x=x),),
            reference=Rows(case=case, method="dense_matrix", quantity="test_error", x=x),
            relation=relation,
            needs=(Size(case=case, quantity="training_samples", at_least=MANY),),
        )

    return [
        Claim(
            name="layer_is_a_circulant_matrix",
            statement="A circular convolution layer is its circulant Toeplitz matrix up to rounding.",
            source=TOEPLITZ,
            measured=(Rows(case="toeplitz", method="convolution", quantity="difference_from_matrix"),),
            reference=0.0,
            relation="at most",
            tolerance=1e-13,
            needs=(Size(case="toeplitz", quantity="training_samples", at_least=MANY),),
        ),
        against_dense(
            "convolution_needs_fewer_samples",
            "On piecewise-smooth functions a short convolution is below a dense matrix at 1 to 64 training functions.",
            "toeplitz", FEW, "at most",
        ),
        against_dense(
            "convolution_transfers_to_jumps_elsewhere",
            "Where training saw jumps in one half only, it is below a dense matrix also at 1,024 training functions.",
            "toeplitz_elsewhere", (*FEW, MANY), "at most",
        ),
        against_dense(
            "dense_wins_without_shift_invariance",
            "Where a coefficient varies along the ring the dense matrix wins at 1,024 training functions.",
            "toeplitz_variable", (MANY,), "at least",
        ),
    ]  # fmt: skip
