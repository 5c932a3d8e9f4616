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
    "mlp_symmetric": "the dense network with symmetries built in",
    "cnn": "the convolutional network",
    "resistor": "the resistor network",
    "resistor_symmetric": "the reflected resistor network",
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
                f"With 1,600 samples {NAMES[method]} has a negative derivative at half of the test fields or more.",
                violating(method) >= 50,
            )
            for method in ("mlp", "mlp_symmetric", "cnn", "gaussian_process")
        ),
        claim("more_samples_do_not_mend_monotonicity", LECTURE, _enough("mlp"))(
            "The dense network trained with 1,600 samples violates monotonicity at no fewer fields than that with 100.",
            violating("mlp") >= violating("mlp", x=FEWEST),
        ),
    ]


def _accuracy() -> list[Claim]:
    error, wide_error = quantity(CASE, "nrmse", x=SIZES), quantity(WIDE, "nrmse", x=MOST)
    over_plain = quantity(CASE, "nrmse_over_plain", x=MOST)
    return [
        *(
            claim(f"{method}_pays_nothing_for_monotonicity", OURS, _enough(method))(
                f"With 1,600 samples {NAMES[method]} has at most {bound:g} times the error of the dense network.",
                over_plain(method) <= bound,
            )
            for method, bound in (("resistor", 1.25), (BEST, 1.0))
        ),
        *(
            claim(f"{BEST}_beats_{baseline}", OURS, _enough(BEST))(
                "At 100, 400 and 1,600 samples the reflected resistor network has a smaller error than "
                f"{NAMES[baseline]}.",
                error(BEST) <= error(baseline),
            )
            for baseline in ("mlp_symmetric", "cnn", "gaussian_process", "monotone_boosting")
        ),
        claim("fitted_bounds_beat_the_mlp_of_every_size", OURS, _enough("fitted_bounds"))(
            "One number fitted between two exact bounds gives a smaller error than the dense network at 100, 400 and "
            "1,600 samples.",
            error("fitted_bounds") <= error("mlp"),
        ),
        claim(f"{BEST}_beats_fitted_bounds", OURS, _enough(BEST))(
            "The reflected resistor network has a smaller error than the fitted bounds at 100, 400 and 1,600 samples.",
            error(BEST) <= error("fitted_bounds"),
        ),
        claim(f"{BEST}_extrapolates", OURS, _enough(BEST))(
            "On fields of larger contrast than in training the reflected resistor network errs by at most 0.15.",
            wide_error(BEST) <= 0.15,
        ),
    ]


def _properties() -> list[Claim]:
    return [
        claim("mlp_leaves_the_bounds", LECTURE, _enough("mlp"))(
            "With 1,600 samples more than 5 percent of the dense network's values lie outside the exact bounds.",
            quantity(CASE, "bound_violations", x=MOST)("mlp") >= 5,
        ),
        claim("boosting_is_not_smooth", OURS, _enough("boosting"))(
            "The second differences of boosted trees are more than ten times those of the exact quantity.",
            quantity(CASE, "second_difference_ratio", x=MOST)("boosting") >= 10,
        ),
        claim(f"{BEST}_bends_as_the_truth", OURS, _enough(BEST))(
            "With 1,600 samples the second differences of the reflected resistor network err by less than half.",
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
                f"On the quarter of the fields with the largest gap the intervals of {NAMES[method]} in proportion to "
                "the gap cover more than those of constant width.",
                scaled(method) >= constant(method),
            )
            for method in ("mlp", BEST)
        ),
        claim(f"scaled_intervals_of_{BEST}_are_narrower", OURS, _enough(BEST))(
            "In the mean over the test fields the intervals of the reflected resistor network in proportion to the "
            "gap are no wider than those of constant width.",
            scaled_width(BEST) <= constant_width(BEST),
        ),
        claim("the_process_is_too_sure", OURS, _enough("gaussian_process"))(
            "The intervals that the Gaussian process itself states at 90 percent cover less than its conformal ones.",
            stated("gaussian_process") <= conformal("gaussian_process"),
        ),
        claim("intervals_fail_outside_the_law", CONFORMAL, _enough("mlp"))(
            "On fields of larger contrast the dense network's intervals cover less than 80 percent: the samples are "
            "no longer exchangeable.",
            quantity(WIDE, "coverage_90", x=MOST)("mlp") <= 0.8,
        ),
    ]


def _worst_cases() -> list[Claim]:
    kinds = {
        "worst_signs": ("", "Signs, found on other fields", "random signs"),
        "leading_vectors": ("_2_2", "Leading (2, 2) singular vectors, found on other fields", "normal fields"),
    }
    return [
        claim("mlp_is_more_sensitive_than_the_truth", LECTURE, _enough("mlp"))(
            "The dense network's worst signs move it by at least 5 percent more than anything moves the truth.",
            quantity(CASE, "pointwise_gain", x=MOST)("mlp") >= 1.05,
        ),
        *(
            claim(f"{kind}_hurt_{method}_more_than_random_ones", OURS, _enough(method))(
                f"{perturbations}, raise the error of {NAMES[method]} more than {others} of the same root mean "
                "square, by more than two standard errors.",
                quantity(CASE, f"worst_case_ratio{suffix}", x=SIZES)(method).above(
                    quantity(CASE, f"random_case_ratio{suffix}", x=SIZES)(method), errors=2
                ),
            )
            for method in ("mlp", BEST)
            for kind, (suffix, perturbations, others) in kinds.items()
        ),
    ]
