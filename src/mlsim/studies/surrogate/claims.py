"""What the lecture and we claim of surrogate models, as comparisons of table rows."""

from mlsim.claims import Claim, Size, claim, needs, quantity
from mlsim.studies.surrogate.settings import CASE, WIDE

LECTURE = 'the lecture: "Smoothness, monotonicity, etc. are not guaranteed for neural-network based models"'
CONFORMAL = (
    "ours, beside split conformal prediction, arXiv:1604.04173: coverage of any predictor for exchangeable samples"
)
OURS = "ours, beside the lecture"
SIZES, FEWEST, MOST = (100, 400, 1600), 100, 1600
NETWORKS = {
    "mlp": "the dense network",
    "mlp_symmetric": "the dense network with homogeneity and reflections built in",
    "cnn": "the convolutional network",
    "resistor": "the monotone series-parallel resistor network",
    "resistor_symmetric": "the monotone series-parallel resistor network averaged over reflections",
}
NAMES = NETWORKS | {"monotone_boosting": "monotone boosting", "gaussian_process": "the Gaussian process"}
BEST = "resistor_symmetric"


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_violations(), *_accuracy(), *_properties(), *_intervals(), *_worst_cases()]


def _enough(method: str) -> tuple[Size, ...]:
    """Enough samples to learn from and to test on, seeds and, for a network, steps."""
    sizes = needs(CASE, largest_training_set=MOST, trained_seeds=3, test_fields=1000, of=method)
    return sizes + (needs(CASE, training_steps=500, of=method) if method in NETWORKS else ())


def _violations() -> list[Claim]:
    violating = quantity(CASE, "violating_points", x=MOST)
    return [
        *(
            claim(f"{method}_violates_monotonicity_at_half_of_the_fields", LECTURE, _enough(method))(
                f"Effective conductivity, 1,600 samples: {NAMES[method]} decreases in some cell at half of the test "
                "fields or more.",
                violating(method) >= 50,
            )
            for method in ("mlp", "mlp_symmetric", "cnn", "gaussian_process")
        ),
        claim("more_samples_do_not_mend_monotonicity", LECTURE, _enough("mlp"))(
            "Effective conductivity: the dense network has negative partial derivatives at no fewer test fields "
            "after training on 1,600 samples than on 100.",
            violating("mlp") >= violating("mlp", x=FEWEST),
        ),
    ]


def _accuracy() -> list[Claim]:
    error, wide_error = quantity(CASE, "nrmse", x=SIZES), quantity(WIDE, "nrmse", x=MOST)
    over_plain = quantity(CASE, "nrmse_over_plain", x=MOST)
    return [
        *(
            claim(f"{method}_pays_nothing_for_monotonicity", OURS, _enough(method))(
                f"Effective conductivity, 1,600 samples: {NAMES[method]} has at most {error_of} the dense network.",
                over_plain(method) <= bound,
            )
            for method, bound, error_of in (("resistor", 1.25, "1.25 times the error of"), (BEST, 1.0, "the error of"))
        ),
        *(
            claim(f"{BEST}_beats_{baseline}", OURS, _enough(BEST))(
                f"Effective conductivity, 100 to 1,600 samples: {NAMES[BEST]} has at most the error of "
                f"{NAMES[baseline]}.",
                error(BEST) <= error(baseline),
            )
            for baseline in ("mlp_symmetric", "cnn", "gaussian_process", "monotone_boosting")
        ),
        claim("fitted_bounds_beat_the_mlp_of_every_size", OURS, _enough("fitted_bounds"))(
            "Effective conductivity, 100, 400 and 1,600 samples: one fitted number between two exact bounds has at "
            "most the error of the dense network.",
            error("fitted_bounds") <= error("mlp"),
        ),
        claim(f"{BEST}_beats_fitted_bounds", OURS, _enough(BEST))(
            f"Effective conductivity, 100 to 1,600 samples: {NAMES[BEST]} has at most the error of one fitted number "
            "between two exact bounds.",
            error(BEST) <= error("fitted_bounds"),
        ),
        claim(f"{BEST}_extrapolates", OURS, _enough(BEST))(
            f"Effective conductivity of fields of larger contrast than in training: {NAMES[BEST]} has an error of at "
            "most 0.15 standard deviations.",
            wide_error(BEST) <= 0.15,
        ),
    ]


def _properties() -> list[Claim]:
    return [
        claim("mlp_leaves_the_bounds", LECTURE, _enough("mlp"))(
            "Effective conductivity, 1,600 samples: at least 5 percent of dense-network values leave exact bounds.",
            quantity(CASE, "bound_violations", x=MOST)("mlp") >= 5,
        ),
        claim("boosting_is_not_smooth", OURS, _enough("boosting"))(
            "With 1,600 samples the second differences of boosted trees are at least 10 times the exact ones.",
            quantity(CASE, "second_difference_ratio", x=MOST)("boosting") >= 10,
        ),
        claim(f"{BEST}_bends_as_the_truth", OURS, _enough(BEST))(
            f"Effective conductivity, 1,600 samples: second differences of {NAMES[BEST]} are off by at most half.",
            quantity(CASE, "second_difference_error", x=MOST)(BEST) <= 0.5,
        ),
    ]


def _intervals() -> list[Claim]:
    scaled, constant = (quantity(CASE, f"{name}hardest_coverage_90", x=MOST) for name in ("scaled_", ""))
    scaled_width, constant_width = (quantity(CASE, f"{name}interval_width", x=MOST) for name in ("scaled_", ""))
    stated, conformal = (quantity(CASE, f"{name}coverage_90", x=MOST) for name in ("own_", ""))
    return [
        *(
            claim(f"scaled_intervals_of_{method}_cover_the_hardest", OURS, _enough(method))(
                f"Where the two exact bounds differ most, conformal intervals of {NAMES[method]} in proportion to "
                "that difference cover at least as often as those of constant width.",
                scaled(method) >= constant(method),
            )
            for method in ("mlp", BEST)
        ),
        claim(f"scaled_intervals_of_{BEST}_are_narrower", OURS, _enough(BEST))(
            f"Conformal intervals of {NAMES[BEST]} in proportion to the difference of the two exact bounds are on "
            "average at most as wide as constant ones.",
            scaled_width(BEST) <= constant_width(BEST),
        ),
        claim("gaussian_process_undercovers", OURS, _enough("gaussian_process"))(
            "Effective conductivity, 1,600 samples: the 90 percent intervals predicted by the Gaussian process cover "
            "at most as often as its conformal ones.",
            stated("gaussian_process") <= conformal("gaussian_process"),
        ),
        claim("intervals_undercover_out_of_distribution", CONFORMAL, _enough("mlp"))(
            "Effective conductivity of fields of larger contrast than in training: the 90 percent conformal "
            "intervals of the dense network cover at most 80 percent.",
            quantity(WIDE, "coverage_90", x=MOST)("mlp") <= 0.8,
        ),
    ]


def _worst_cases() -> list[Claim]:
    kinds = {
        "worst_signs": ("", "worst signs", "random signs"),
        "leading_vectors": ("_2_2", "leading (2, 2) singular vectors", "normal fields"),
    }
    return [
        claim("mlp_is_more_sensitive_than_the_truth", LECTURE, _enough("mlp"))(
            "Effective conductivity, 1,600 samples: the gradient of the dense network has at least 1.05 times the l1 "
            "norm of the exact one, in the mean over test fields.",
            quantity(CASE, "pointwise_gain", x=MOST)("mlp") >= 1.05,
        ),
        *(
            claim(f"{kind}_hurt_{method}_more_than_random_ones", OURS, _enough(method))(
                f"Effective conductivity: {perturbations} of other fields raise the error of {NAMES[method]} more "
                f"than {others} of equal size (by two standard errors).",
                quantity(CASE, f"worst_case_ratio{suffix}", x=SIZES)(method).above(
                    quantity(CASE, f"random_case_ratio{suffix}", x=SIZES)(method), errors=2
                ),
            )
            for method in ("mlp", BEST)
            for kind, (suffix, perturbations, others) in kinds.items()
        ),
    ]
