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
        "tv": ("by 1 dB or more above total variation of the best of nine weights", Measured.at_least, 1),
        "wavelet": ("by 1 dB or more above the best of three wavelets", Measured.at_least, 1),
        "nlm": ("above non-local means of the best of three strengths", Measured.above, 0),
    }
    criteria = {"oracle": "At its best iteration", "discrepancy": "Stopped where the loss reaches the noise"}
    average = f"{PAPER}: 1.21 dB after 1,800 steps, mean of nine images"
    runs = f"ours, beside {PAPER}: 0.57 dB, mean of nine images; bound set after a first measurement"
    return [
        *(
            claim(f"{criterion}_beats_{method}", OURS, CROP)(
                f"{text}, the averaged output (crop of astronaut) is {above}.",
                compare(_crop(f"gain_over_{method}")(f"dip_averaged_{criterion}"), bound),
            )
            for criterion, text in criteria.items()
            for method, (above, compare, bound) in baselines.items()
        ),
        claim("averaging_gains_a_decibel", average, CROP)(
            "The average of outputs at its best iteration is above the output at its best iteration by at least 1 dB "
            "(crop of astronaut).",
            _crop("gain_over_raw")("dip_averaged_oracle") >= 1,
        ),
        claim("two_runs_gain", runs, CROP)(
            "After the fixed number of steps the mean of two runs is above single runs by at least 0.3 dB (crop of "
            "astronaut).",
            _crop("gain_over_one_run")("dip_two_runs_fixed") >= 0.3,
        ),
    ]


def _stopping() -> list[Claim]:
    gap, psnr = _crop("gap_to_oracle"), _crop("psnr")
    criteria = {
        "discrepancy": ("where the loss reaches the noise", 0.3),
        "wmv": ("at the least variance of a window of outputs", 1),
    }
    parameters = 'the lecture: "Overparametrization is not always the issue"'
    return [
        *(
            claim(f"{criterion}_is_near_the_oracle_on_{image}", STOPPING, _fitted(f"denoise_{image}"))(
                f"On the crop of {image} stopping {where} costs at most {bound:g} dB.",
                quantity(f"denoise_{image}", "gap_to_oracle", x=25)(f"dip_averaged_{criterion}") <= bound,
            )
            for criterion, (where, bound) in criteria.items()
            for image in ("chelsea", "coffee")
        ),
        claim("discrepancy_is_near_the_oracle", STOPPING, CROP)(
            "On the crop of astronaut stopping where the loss reaches the energy of the clipped noise costs at most "
            "0.3 dB.",
            gap("dip_averaged_discrepancy") <= 0.3,
        ),
        claim("window_variance_is_near_the_oracle", STOPPING, CROP)(
            "On the crop of astronaut stopping at the least variance of a window of outputs, without knowing sigma, "
            "costs at most 1 dB.",
            gap("dip_averaged_wmv") <= 1,
        ),
        claim("window_variance_stretch", STOPPING, CROP)(
            "On the crop of astronaut stopping at the least variance of a window of outputs, without knowing sigma, "
            "costs at most 0.3 dB.",
            gap("dip_averaged_wmv") <= 0.3,
        ),
        claim("hourglass_beats_the_deep_decoder", parameters, CROP)(
            "With three times as many parameters as the image has numbers the hourglass, stopped at the noise, is "
            "above the best output of the deep decoder, which has an eighth, within as many steps.",
            psnr("dip_averaged_discrepancy") > psnr("deep_decoder_averaged_oracle"),
        ),
    ]


def _other_tasks() -> list[Claim]:
    inpainting, upsampling = "inpaint_astronaut", "super_resolution_astronaut"
    fills = {"biharmonic": "biharmonic filling", "tv": "filling by least total variation"}
    return [
        *(
            claim(f"inpainting_beats_{method}", PAPER, _fitted(inpainting))(
                f"With half of the pixels hidden the last averaged output is above {title}.",
                quantity(inpainting, f"gain_over_{method}", x=50)("dip_averaged_fixed") > 0,
            )
            for method, title in fills.items()
        ),
        claim("super_resolution_beats_bicubic", PAPER, _fitted(upsampling))(
            "At a factor of 4 the last averaged output is above bicubic interpolation.",
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
            "From 100 sensors the coefficient estimated through the network is nearer to the truth than Tikhonov's.",
            below_tikhonov("cnn").above(0, errors=2),
        ),
        claim("network_beats_tikhonov_with_its_bounds", OURS, truths)(
            "From 100 sensors the coefficient estimated through the network is nearer to the truth than Tikhonov's "
            "with the bounded head of the network.",
            below_bounded("cnn").above(0, errors=2),
        ),
        claim("total_variation_ties_with_the_network", OURS, truths)(
            "Total variation with the same bounds is as good as the network: their errors differ by no more than two "
            "standard errors, from 30 and from 100 sensors.",
            below_tv("cnn").equals(0, errors=2),
        ),
        claim("few_sensors_leave_no_gain", OURS, truths)(
            "From 30 sensors the network and Tikhonov's penalty with the same bounds cannot be distinguished.",
            below_bounded("cnn", x=30).equals(0, errors=2),
        ),
    ]


def _designs() -> list[Claim]:
    problems = needs("simp_suite", problems=12, of="cnn")
    return [
        claim("network_designs_are_as_stiff_stretch", HOYER, problems)(
            "After 100 solves the median compliance of the network's designs is at most that of optimality criteria.",
            quantity("simp_suite", "median_ratio", x=100)("cnn") <= 1,
        ),
        claim("criteria_win_on_most_load_cases", OURS, problems)(
            "The network is no gain: after 100 solves its design is the stiffer one on at most half of the load cases.",
            quantity("simp_suite", "wins_over_oc", x=100)("cnn") <= 0.5,
        ),
        claim("network_is_slower_than_the_elements", OURS, problems)(
            "After 20 solves L-BFGS on the network is behind L-BFGS on the elements, in the geometric mean.",
            quantity("simp_suite", "compliance_ratio_to_pixels", x=20)("cnn").above(1, errors=2),
        ),
    ]
