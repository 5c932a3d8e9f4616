"""What the lecture and we claim of the deep image prior, as comparisons of table rows."""

from mlsim.claims import Claim, Measured, Quantity, Size, claim, needs, quantity

PAPER = "Ulyanov, Vedaldi, Lempitsky, Deep image prior, CVPR 2018"
STOPPING = "ours, beside Wang et al., arXiv:2112.06074: a stop that does not see the clean image"
HOYER = "Hoyer, Sohl-Dickstein, Greydanus, arXiv:1909.04240: neural reparameterization improves structural optimization"
OURS = "ours, beside the lecture"


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_denoising(), *_stopping(), *_other_tasks(), *_inversion(), *_designs()]


def _fitted(case: str, *, side: int = 96, fits: int = 1) -> tuple[Size, ...]:
    """The default crops and steps; a whole photograph is a separate case."""
    return needs(case, pixels=side**2, steps=1500, fits=fits, of="dip")


def _crop(name: str) -> Quantity:
    return quantity("denoise_astronaut", name, x=25)


CROP = _fitted("denoise_astronaut", side=128, fits=3)


def _denoising() -> list[Claim]:
    baselines = {
        "tv": ("at least 1 dB above total variation of the best of nine weights", Measured.at_least, 1),
        "wavelet": ("at least 1 dB above shrinkage in the best of three wavelets", Measured.at_least, 1),
        "nlm": ("above non-local means of the best of three strengths", Measured.above, 0),
    }
    criteria = {"oracle": "at its best iteration (oracle)", "discrepancy": "stopped by discrepancy"}
    average = f"{PAPER}: 1.21 dB after 1,800 steps, mean of nine images"
    runs = f"ours, beside {PAPER}: 0.57 dB, mean of nine images; bound set after a first measurement"
    return [
        *(
            claim(f"{criterion}_beats_{method}", OURS, CROP)(
                f"Denoising the astronaut crop (sigma 25/255): the averaged deep image prior {text} has a PSNR "
                f"{above}.",
                compare(_crop(f"gain_over_{method}")(f"dip_averaged_{criterion}"), bound),
            )
            for criterion, text in criteria.items()
            for method, (above, compare, bound) in baselines.items()
        ),
        claim("averaging_gains_a_decibel", average, CROP)(
            "Denoising the astronaut crop (sigma 25/255): averaging the outputs of the deep image prior raises the "
            "PSNR of the best iteration by at least 1 dB.",
            _crop("gain_over_raw")("dip_averaged_oracle") >= 1,
        ),
        claim("two_runs_gain", runs, CROP)(
            "Denoising the astronaut crop (sigma 25/255): the mean of two averaged runs of the deep image prior has "
            "after the last iteration a PSNR at least 0.3 dB above that of one run.",
            _crop("gain_over_one_run")("dip_two_runs_fixed") >= 0.3,
        ),
    ]


def _stopping() -> list[Claim]:
    gap, psnr = _crop("gap_to_oracle"), _crop("psnr")
    criteria = {
        "discrepancy": ("by discrepancy", 0.3),
        "wmv": ("at the least variance of a window of outputs", 1),
    }
    parameters = 'the lecture: "Overparametrization is not always the issue"'
    return [
        *(
            claim(f"{criterion}_is_near_the_oracle_on_{image}", STOPPING, _fitted(f"denoise_{image}"))(
                f"Denoising the {image} crop (sigma 25/255): the averaged deep image prior stopped {where} loses at "
                f"most {bound:g} dB against the best iteration (oracle).",
                quantity(f"denoise_{image}", "gap_to_oracle", x=25)(f"dip_averaged_{criterion}") <= bound,
            )
            for criterion, (where, bound) in criteria.items()
            for image in ("chelsea", "coffee")
        ),
        claim("discrepancy_is_near_the_oracle", STOPPING, CROP)(
            "Denoising the astronaut crop (sigma 25/255): the averaged deep image prior stopped by discrepancy, at "
            "the energy of the clipped noise, loses at most 0.3 dB against the best iteration (oracle).",
            gap("dip_averaged_discrepancy") <= 0.3,
        ),
        claim("window_variance_is_near_the_oracle", STOPPING, CROP)(
            "Denoising the astronaut crop (sigma 25/255): the averaged deep image prior stopped at the least "
            "variance of a window of outputs loses at most 1 dB against the best iteration (oracle).",
            gap("dip_averaged_wmv") <= 1,
        ),
        claim("window_variance_loses_at_most_0.3_db", STOPPING, CROP)(
            "Denoising the astronaut crop (sigma 25/255): the averaged deep image prior stopped at the least "
            "variance of a window of outputs loses at most 0.3 dB against the best iteration (oracle).",
            gap("dip_averaged_wmv") <= 0.3,
        ),
        claim("hourglass_beats_the_deep_decoder", parameters, CROP)(
            "Denoising the astronaut crop (sigma 25/255): the deep image prior with more parameters than pixel "
            "values, stopped by discrepancy, has a higher PSNR than the best iteration of the smaller deep decoder.",
            psnr("dip_averaged_discrepancy") > psnr("deep_decoder_averaged_oracle"),
        ),
    ]


def _other_tasks() -> list[Claim]:
    inpainting, upsampling = "inpaint_astronaut", "super_resolution_astronaut"
    fills = {"biharmonic": "biharmonic inpainting", "tv": "total-variation inpainting"}
    return [
        *(
            claim(f"inpainting_beats_{method}", PAPER, _fitted(inpainting))(
                "Inpainting the astronaut crop, half of the pixels hidden: the averaged output of the deep image "
                f"prior after the last iteration has a higher PSNR than {title}.",
                quantity(inpainting, f"gain_over_{method}", x=50)("dip_averaged_fixed") > 0,
            )
            for method, title in fills.items()
        ),
        claim("super_resolution_beats_bicubic", PAPER, _fitted(upsampling))(
            "Super-resolution of the astronaut crop by a factor of 4: the averaged output of the deep image prior "
            "after the last iteration has a higher PSNR than bicubic interpolation.",
            quantity(upsampling, "gain_over_bicubic", x=4)("dip_averaged_fixed") > 0,
        ),
    ]


def _inversion() -> list[Claim]:
    """Mean differences of the errors on the same truths against zero, with two of their standard errors."""
    truths = needs("darcy_inversion", truths=12, of="cnn")
    below_tikhonov = quantity("darcy_inversion", "error_below_tikhonov", x=100)
    below_bounded = quantity("darcy_inversion", "error_below_bounded_tikhonov", x=100)
    below_tv = quantity("darcy_inversion", "error_below_bounded_tv", x=(30, 100))
    return [
        claim("network_beats_tikhonov", OURS, truths)(
            "Two-phase Darcy inversion from 100 sensors: the permeability given by an untrained CNN has a smaller "
            "error than Tikhonov regularisation, by more than two standard errors.",
            below_tikhonov("cnn").above(0, errors=2),
        ),
        claim("network_beats_tikhonov_with_its_bounds", OURS, truths)(
            "Two-phase Darcy inversion from 100 sensors: the permeability given by an untrained CNN has a smaller "
            "error than Tikhonov regularisation with the bounds of the CNN, by more than two standard errors.",
            below_bounded("cnn").above(0, errors=2),
        ),
        claim("total_variation_ties_with_the_network", OURS, truths)(
            "Two-phase Darcy inversion from 30 and 100 sensors: the errors of an untrained CNN and of total "
            "variation with the bounds of the CNN differ by at most two standard errors.",
            below_tv("cnn").equals(0, errors=2),
        ),
        claim("few_sensors_leave_no_gain", OURS, truths)(
            "Two-phase Darcy inversion from 30 sensors: the errors of an untrained CNN and of Tikhonov "
            "regularisation with the bounds of the CNN differ by at most two standard errors.",
            below_bounded("cnn", x=30).equals(0, errors=2),
        ),
    ]


def _designs() -> list[Claim]:
    problems = needs("simp_suite", problems=12, of="cnn")
    return [
        claim("network_designs_are_as_stiff", HOYER, problems)(
            "Topology optimisation, 100 finite-element solves: the compliance of designs given by a CNN over that of "
            "optimality criteria has a median over load cases of at most 1.",
            quantity("simp_suite", "median_ratio", x=100)("cnn") <= 1,
        ),
        claim("criteria_win_on_most_load_cases", OURS, problems)(
            "Topology optimisation, 100 finite-element solves: the design given by a CNN has a smaller compliance "
            "than that of optimality criteria on at most half of the load cases.",
            quantity("simp_suite", "wins_over_oc", x=100)("cnn") <= 0.5,
        ),
        claim("network_is_slower_than_the_elements", OURS, problems)(
            "Topology optimisation, 20 finite-element solves: the compliance by L-BFGS on a CNN over that by L-BFGS "
            "on the elements has a geometric mean above 1, by more than two standard errors.",
            quantity("simp_suite", "compliance_ratio_to_pixels", x=20)("cnn").above(1, errors=2),
        ),
    ]
