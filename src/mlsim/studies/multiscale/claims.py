"""What the lecture and the papers claim about multiscale networks, what stands against it, as rows of the table."""

from mlsim.claims import Claim, Rows, Size
from mlsim.studies.multiscale.comparisons import (
    CASE,
    DOUBLINGS,
    ENOUGH_SAMPLES,
    GRID,
    LONG,
    OURS,
    PAPERS,
    SCALED,
    TESTED,
    claim,
    error_of,
    steps,
)


def claims() -> list[Claim]:
    """The study's claims."""
    return [
        *_gates(),
        *_linear(),
        *_kernel(),
        *_classical(),
        *_elsewhere(),
        *_scaling(),
        *_certified(),
        *_paper(),
        *_paper_sweeps(),
        *_paper_elsewhere(),
    ]


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
        claim(
            f"{method}_error",
            f"After {count:,} steps {words} has a mean relative error of at most {bound:g} on new potentials.",
            error_of(method),
            "at most",
            bound,
            source=PAPERS if method in ("mnn_h", "mnn_h2") else OURS,
            needs=(ENOUGH_SAMPLES, steps(count), TESTED),
        )
        for method, (bound, count, words) in bounds.items()
    ] + [
        claim(
            "mnn_h_generalises",
            "The error of MNN-H on new potentials is at most 1.2 times that on its training samples.",
            error_of("mnn_h", quantity="test_train_ratio"),
            "at most",
            1.2,
            source=PAPERS,
            needs=(ENOUGH_SAMPLES, steps(1700), TESTED),
        )
    ]


def _linear() -> list[Claim]:
    """What a linear map can do."""
    return [
        claim(
            "map_is_not_linear",
            "The best linear map has an error of at least 0.1: the map from potential to ground state is not linear.",
            error_of("ridge"),
            "at least",
            0.1,
            needs=(TESTED,),
        ),
        claim(
            "linear_map_sees_something",
            "The best linear map has an error of at most 0.25, the mean of all ground states one beyond 0.5.",
            error_of("ridge"),
            "at most",
            0.25,
            needs=(TESTED,),
        ),
    ]


def _kernel() -> list[Claim]:
    """What regression in closed form can do."""
    canonical = error_of("kernel_ridge_canonical")
    return [
        claim(
            "kernel_ridge_canonical_error",
            "Kernel ridge regression on 2,000 samples, in a frame that knows the symmetry: at most 0.002.",
            canonical,
            "at most",
            2e-3,
            needs=(TESTED, Size(case=CASE, quantity="training_samples", at_least=2000)),
        ),
        claim(
            "kernel_ridge_beats_every_network",
            "Kernel ridge regression that knows the symmetry is more accurate than every network here.",
            canonical,
            "at most",
            error_of("best_network"),
            needs=(TESTED, steps(500, method="best_network")),
        ),
        claim(
            "kernel_ridge_fails_on_other_laws",
            "On laws that no training saw the Fourier operator is more accurate than kernel ridge regression.",
            error_of("fno", quantity="ood_error"),
            "at most",
            error_of("kernel_ridge_canonical", quantity="ood_error"),
            needs=(TESTED, steps(1000)),
        ),
    ]


def _classical() -> list[Claim]:
    """The equation itself, solved on 80 points and interpolated, against all networks."""
    words = {"test_error": "more accurate than", "operations": "cheaper, in arithmetic operations, than"}
    return [
        claim(
            f"coarse_solve_{quantity}",
            f"Solving the equation itself on 80 points is {text} every network here.",
            error_of("coarse_solve", x=80.0, quantity=quantity),
            "at most",
            error_of("best_network", quantity=quantity),
            needs=(TESTED, steps(500, method="best_network")),
        )
        for quantity, text in words.items()
    ]


def _elsewhere() -> list[Claim]:
    """The same on all problems."""
    names = {
        "nlse_1d": "Ground states on the interval",
        "nlse_2d": "Ground states on the square",
        "rte_slab": "Radiative transfer",
        "darcy_2d": "Darcy flow",
    }
    found = [
        claim(
            f"{case}_half_grid",
            f"{words}: solving on half the points per side is more accurate than every network here.",
            Rows(case=case, method="coarse_solve", quantity="half_grid_test_error"),
            "at most",
            Rows(case=case, method="best_network", quantity="smallest_test_error"),
            needs=(
                Size(case=case, quantity="test_samples", at_least=100, method="data"),
                steps(500, method="best_network", case=case),
            ),
        )
        for case, words in names.items()
    ]
    slab = claim(
        "rte_network_beats_linear_map",
        "Radiative transfer: MNN-H2 with its own maps per block is more accurate than the best linear map.",
        error_of("rte_mnn_h2", case="rte_slab"),
        "at most",
        error_of("ridge", case="rte_slab"),
        source=PAPERS,
        needs=(steps(1000, case="rte_slab"),),
    )
    return [*found, slab]


def _scaling() -> list[Claim]:
    """What the architecture promises: few parameters, linear cost."""
    added, all_sizes = {}, (GRID, *DOUBLINGS)
    for method in ("mnn_h", "mnn_h2"):
        added[method] = Rows(case="scaling", method=method, quantity="parameters", x=all_sizes)
    exponent = Rows(case="scaling", method="mnn_h2", quantity="operations_exponent")
    return [
        claim(
            "mnn_h2_grows_with_the_logarithm",
            "Twice the points cost MNN-H2 1,452 parameters, whatever their number.",
            Rows(case="scaling", method="mnn_h2", quantity="parameters_added", x=DOUBLINGS),
            "equals",
            1452.0,
            source=PAPERS,
            needs=(SCALED,),
        ),
        claim(
            "mnn_h2_has_fewer_parameters",
            "MNN-H2 has fewer parameters than MNN-H at every size.",
            added["mnn_h2"],
            "at most",
            added["mnn_h"],
            source=PAPERS,
            needs=(SCALED,),
        ),
        claim(
            "mnn_h2_costs_linear",
            "The operations of MNN-H2 grow with the points to a power of at most 1.1.",
            exponent,
            "at most",
            1.1,
            source=PAPERS,
            needs=(SCALED,),
        ),
    ]


def _certified() -> list[Claim]:
    """Every sample solves its equation."""
    found = [
        claim(
            f"{case}_is_certified",
            f"Every sample of {case} leaves a relative residual of at most 1e-11.",
            Rows(case=case, method="data", quantity="largest_residual"),
            "at most",
            1e-11,
            needs=(Size(case=case, quantity="test_samples", at_least=100),),
        )
        for case in ("nlse_1d", "nlse_2d", "rte_slab", "darcy_2d")
    ]
    labels = claim(
        "labels_are_better_than_networks",
        "Second differences on 320 points change the ground state by at most 1e-4 from exact derivatives.",
        error_of("other_stencil"),
        "at most",
        1e-4,
        needs=(TESTED,),
    )
    return [*found, labels]


def _paper() -> list[Claim]:
    """The papers' accuracy, which needs their samples and steps."""
    return [
        claim(
            f"{method}_published_accuracy",
            f"On 20,000 samples {name} has a mean relative error of at most 0.002.",
            error_of(method),
            "at most",
            2e-3,
            source=PAPERS,
            needs=LONG,
        )
        for method, name in {"mnn_h": "MNN-H", "mnn_h2": "MNN-H2"}.items()
    ]


def _paper_sweeps() -> list[Claim]:
    """What more channels and more samples bring at the papers' size."""
    less = {"alpha_2": "6 channels are better than 2", "samples_500": "20,000 samples are better than 500"}
    return [
        *(
            claim(
                f"mnn_h_beats_{name}",
                f"MNN-H: {text}.",
                error_of("mnn_h"),
                "at most",
                error_of(f"mnn_h_{name}"),
                source=PAPERS,
                needs=LONG,
            )
            for name, text in less.items()
        ),
        claim(
            "mnn_h2_is_as_good",
            "The error of MNN-H2 is at most 1.5 times that of MNN-H.",
            error_of("mnn_h2", quantity="error_relative_to_mnn_h"),
            "at most",
            1.5,
            source=PAPERS,
            needs=LONG,
        ),
    ]


def _paper_elsewhere() -> list[Claim]:
    """The other problems at the papers' size."""
    return [
        claim(
            "square_network_beats_linear_response",
            "On the square MNN-H2 is more accurate than perturbation theory of first order.",
            error_of("nlse_2d_mnn_h2", case="nlse_2d", x=80.0),
            "at most",
            error_of("linear_response", case="nlse_2d", x=80.0),
            source=PAPERS,
            needs=(steps(40_000, case="nlse_2d"),),
        ),
        Claim(
            name="darcy_published_error",
            statement="Darcy flow: the Fourier operator reaches the published error within 0.003.",
            source="Li et al., arXiv:2010.08895",
            measured=(error_of("darcy_fno", case="darcy_2d", x=85.0),),
            reference="published",
            relation="at most",
            tolerance=3e-3,
            needs=(steps(25_000, case="darcy_2d"),),
        ),
    ]
