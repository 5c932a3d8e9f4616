"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

CLASSICAL = ("nlm", "wavelet", "tv", "biharmonic", "bicubic", "nearest", "damaged")
PENALTIES = ("tikhonov", "tv", "bounded_tikhonov", "bounded_tv")

RATIOS = {
    "compliance_ratio": Quantity("1", "compliance over that of the baseline, geometric mean over problems", "smaller"),
    "median_ratio": Quantity("1", "median of the ratio of compliances", "smaller"),
    "least_ratio": Quantity("1", "smallest ratio of compliances", "smaller"),
    "largest_ratio": Quantity("1", "largest ratio of compliances", "smaller"),
}

QUANTITIES = {
    "psnr": Quantity("dB", "peak signal-to-noise ratio", "larger"),
    "least_psnr": Quantity("dB", "smallest psnr of all fits", "larger"),
    "ssim": Quantity("1", "structural similarity", "larger"),
    "gap_to_oracle": Quantity("dB", "psnr of the best iteration minus that at the stop", "smaller"),
    "gain_over_raw": Quantity("dB", "psnr of the averaged output minus that of the raw output", "larger"),
    "gain_over_one_run": Quantity("dB", "psnr of the mean of two fits minus their mean psnr", "larger"),
    **{
        f"gain_over_{name}": Quantity("dB", f"psnr minus that of {name} on the same image", "larger")
        for name in CLASSICAL
    },
    "deviation_of_seeds": Quantity("dB", "standard deviation of the psnr over seeds", "smaller"),
    "iterations": Quantity("1", "iterations at the stop"),
    "met": Quantity("1", "fraction of fits whose loss reaches the noise level", "larger"),
    "collapses": Quantity("1", "number of rollbacks of a fit", "smaller"),
    "fits": Quantity("1", "number of fits"),
    "steps": Quantity("1", "iterations of each fit"),
    "parameters": Quantity("1", "number of parameters"),
    "pixels": Quantity("1", "number of pixels"),
    "relative_error": Quantity("1", "NRMSE of the logarithm of the permeability, mean over truths", "smaller"),
    "right_phase": Quantity("1", "fraction of nodes in the right phase, mean over truths", "larger"),
    "misfit": Quantity("1", "data misfit in units of the noise, mean over truths"),
    "evaluations": Quantity("1", "evaluations of the objective, mean over truths", "smaller"),
    "weight": Quantity("1", "weight of the penalty, chosen on other truths"),
    "truths": Quantity("1", "number of truths"),
    "stuck_share": Quantity("1", "fraction of starts that end at a large misfit", "smaller"),
    "deviation_of_starts": Quantity(
        "1", "standard deviation over starts of relative_error, or of the log compliance", "smaller"
    ),
    **{
        f"error_below_{name}": Quantity("1", f"relative_error of {name} minus that of the network, paired", "larger")
        for name in PENALTIES
    },
    **{
        f"wins_over_{name}": Quantity("1", f"fraction of problems on which the network is better than {name}", "larger")
        for name in PENALTIES
    },
    **RATIOS,
    **family("{}_to_pixels", RATIOS, meaning="{}; the baseline is the optimisation of the pixels"),
    "wins_over_oc": Quantity("1", "fraction of problems with smaller compliance than optimality criteria", "larger"),
    "wins_over_pixels": Quantity("1", "fraction of problems with smaller compliance than the pixels", "larger"),
    "problems": Quantity("1", "number of load cases"),
}
