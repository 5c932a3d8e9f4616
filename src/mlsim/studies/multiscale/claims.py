"""What the lecture and the papers claim about multiscale networks, what stands against it, as rows of the table."""

from collections.abc import Sequence

from mlsim.claims import Claim, Relation, Rows, Size

PAPERS = "the lecture; Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883; Fan et al., arXiv:1808.02376"
OURS = "ours, beside arXiv:1807.01883"
CASE, GRID = "nlse_1d", 320.0
NETWORKS = ("mnn_h", "mnn_h2", "mnn_h_long", "bcr", "fno", "unet", "cnn", "cnn_residual", "dense")
DOUBLINGS = (640.0, 1280.0, 2560.0, 5120.0)
ENOUGH_SAMPLES = Size(case=CASE, quantity="training_samples", at_least=5000)
TESTED = Size(case=CASE, quantity="test_samples", at_least=1000, method="data")
SCALED = Size(case="scaling", quantity="largest_grid", at_least=5120)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_gates(), *_rivals(), *_classical(), *_scaling(), *_certified(), *_paper()]


def _error(method: str, *, x: float = GRID, case: str = CASE, quantity: str = "test_error") -> Rows:
    return Rows(case=case, method=method, quantity=quantity, x=(x,))


def _steps(count: int, *, method: str | None = None, case: str = CASE) -> Size:
    return Size(case=case, quantity="training_steps", at_least=count, method=method)


def _claim(
    name: str,
    statement: str,
    measured: Rows,
    relation: Relation,
    reference: float | Rows,
    *,
    needs: Sequence[Size],
    source: str = OURS,
) -> Claim:
    return Claim(
        name=name,
        statement=statement,
        source=source,
        measured=(measured,),
        reference=reference,
        relation=relation,
        needs=tuple(needs),
    )


def _gates() -> list[Claim]:
    """Bounds on the error after a stated budget, on 5,000 samples."""
    bounds = {
        "dense": (1.5e-2, 4000, "the dense network"),
        "mnn_h": (5e-2, 1700, "MNN-H with 8,535 parameters"),
        "mnn_h2": (5e-2, 1700, "MNN-H2 with 7,209 parameters"),
        "bcr": (5e-2, 750, "BCR-Net"),
        "mnn_h_long": (1.3e-2, 3500, "MNN-H, twice the steps and the batch,"),
    }
    return [
        _claim(
            f"{method}_error",
            f"After {steps:,} steps {words} has a mean relative error of at most {bound:g} on new potentials.",
            _error(method),
            "at most",
            bound,
            source=PAPERS if method in ("mnn_h", "mnn_h2") else OURS,
            needs=(ENOUGH_SAMPLES, _steps(steps), TESTED),
        )
        for method, (bound, steps, words) in bounds.items()
    ] + [
        _claim(
            "mnn_h_generalises",
            "The error of MNN-H on new potentials is at most 1.2 times that on its training samples.",
            _error("mnn_h", quantity="train_test_ratio"),
            "at most",
            1.2,
            source=PAPERS,
            needs=(ENOUGH_SAMPLES, _steps(1700), TESTED),
        )
    ]


def _rivals() -> list[Claim]:
    """What needs no network."""
    return [
        _claim(
            "linear_map_is_not_enough",
            "The best linear map has an error of at least 0.1: the map from potential to state is nonlinear.",
            _error("ridge"),
            "at least",
            0.1,
            needs=(TESTED,),
        ),
        _claim(
            "linear_map_is_better_than_the_mean",
            "The best linear map has an error of at most 0.25.",
            _error("ridge"),
            "at most",
            0.25,
            needs=(TESTED,),
        ),
        _claim(
            "kernel_ridge_canonical_error",
            "Kernel ridge regression on 2,000 samples that knows the symmetry has an error of at most 0.002.",
            _error("kernel_ridge_canonical"),
            "at most",
            2e-3,
            needs=(TESTED, Size(case=CASE, quantity="training_samples", at_least=2000)),
        ),
        *(
            _claim(
                f"kernel_ridge_canonical_beats_{method}",
                f"Kernel ridge regression that knows the symmetry is more accurate than {method}.",
                _error("kernel_ridge_canonical"),
                "at most",
                _error(method),
                needs=(TESTED, _steps(500, method=method)),
            )
            for method in NETWORKS
        ),
    ]


def _classical() -> list[Claim]:
    """The equation itself on 80 points against each network."""
    found = []
    for method in NETWORKS:
        needs = (TESTED, _steps(500, method=method))
        for quantity, words in {"test_error": "more accurate", "operations": "cheaper in operations"}.items():
            solve = _error("coarse_solve", x=80.0, quantity=quantity)
            # rows of one abscissa are compared with rows of the same: the bound is the network's row at N = 320
            found.append(
                _claim(
                    f"coarse_solve_{quantity}_against_{method}",
                    f"Solving the equation on 80 points is {words} than {method}.",
                    Rows(case=CASE, method="coarse_solve_80", quantity=quantity, x=solve.x),
                    "at most",
                    _error(method, quantity=quantity),
                    needs=needs,
                )
            )
    return found
