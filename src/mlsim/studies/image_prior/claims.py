"""What the lecture and we claim of the deep image prior, as comparisons of table rows."""

from dataclasses import dataclass

from mlsim.claims import Claim, Relation, Rows, Size

LECTURE = (
    'the lecture: "We learn the parameters of CNN by minimizing the cost functional (i.e., for denoising) for 1 image!"'
)
PAPER = "Ulyanov, Vedaldi, Lempitsky, Deep image prior, CVPR 2018"
STOPPING = "Wang et al., arXiv:2112.06074: a stop that does not see the clean image"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a claim is judged: case, abscissa, and the side of the crop and the fits that it needs."""

    case: str
    x: float
    side: int = 96
    fits: int = 1


HOYER = "Hoyer, Sohl-Dickstein, Greydanus, arXiv:1909.04240: neural reparameterization improves structural optimization"
OURS = "ours, beside the lecture"
CROP = Place(case="denoise_astronaut", x=25.0, side=128, fits=3)
OTHER_CROPS = {name: Place(case=f"denoise_{name}", x=25.0) for name in ("chelsea", "coffee")}
HALF = Place(case="inpaint_astronaut", x=50.0)
QUARTER = Place(case="super_resolution_astronaut", x=4.0)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_denoising(), *_stopping(), *_other_tasks(), *_inversion(), *_designs()]


def _claim(
    told: tuple[str, str, str], *, method: str, quantity: str, bound: float | Rows, relation: Relation,
    place: Place = CROP,
) -> Claim:  # fmt: skip
    """A claim on the default crops and steps; a whole photograph has a case of its own."""
    counts = {"pixels": place.side**2, "steps": 1500, "fits": place.fits}
    name, statement, source = told
    return Claim(
        name=name,
        statement=statement,
        source=source,
        measured=(Rows(case=place.case, method=method, quantity=quantity, x=(place.x,)),),
        reference=bound,
        relation=relation,
        needs=tuple(
            Size(case=place.case, quantity=size, at_least=count, method="dip") for size, count in counts.items()
        ),
    )


def _psnr(method: str) -> Rows:
    return Rows(case=CROP.case, method=method, quantity="psnr", x=(CROP.x,))


def _denoising() -> list[Claim]:
    best = "dip_averaged_oracle"
    words = {
        "tv": "total variation of the best of nine weights",
        "wavelet": "the best of three wavelets",
        "nlm": "non-local means of the best of three strengths",
    }
    bounds = {"tv": 1.0, "wavelet": 1.0, "nlm": 0.0}
    rules = {
        "oracle": "At its best iteration",
        "discrepancy": "Stopped where the loss reaches the noise",
    }
    against = [
        _claim(
            (
                f"{rule}_beats_{method}",
                f"{text}, the averaged output (crop of astronaut) is above {words[method]}"
                f"{f' by {bound:g} dB or more' if bound else ''}.",
                LECTURE,
            ),
            method=f"dip_averaged_{rule}",
            quantity=f"gain_over_{method}",
            bound=bound,
            relation="at least" if bound else "above",
        )
        for rule, text in rules.items()
        for method, bound in bounds.items()
    ]
    return [
        *against,
        _claim(
            (
                "averaged_output_at_its_best",
                "On the crop of astronaut, sigma 25/255, the averaged output reaches at least 28.3 dB.",
                f"{OURS}: a prototype had 28.67",
            ),
            method=best, quantity="psnr", bound=28.3, relation="at least",
        ),
        _claim(
            (
                "averaging_gains_a_decibel",
                "At the best iteration of each, the average of outputs is above the output by at least 1 dB (crop of "
                "astronaut).",
                f"{PAPER}: 1.21 dB after 1,800 steps, mean of nine images",
            ),
            method=best, quantity="gain_over_raw", bound=1.0, relation="at least",
        ),
        _claim(
            (
                "two_runs_gain",
                "After the fixed number of steps the mean of two runs is above single runs by at least 0.3 dB (crop of "
                "astronaut).",
                f"{PAPER}: 0.57 dB, mean of nine images; bound set after a first measurement of 0.5",
            ),
            method="dip_two_runs_fixed", quantity="gain_over_one_run", bound=0.3, relation="at least",
        ),
    ]  # fmt: skip


def _stopping() -> list[Claim]:
    rules = {"discrepancy": ("the noise", 0.3), "wmv": ("the least variance of a window", 1.0)}
    elsewhere = [
        _claim(
            (
                f"{rule}_is_near_the_oracle_on_{name}",
                f"On the crop of {name}, too, stopping at {words} costs at most {bound:g} dB.",
                STOPPING,
            ),
            method=f"dip_averaged_{rule}",
            quantity="gap_to_oracle",
            bound=bound,
            relation="at most",
            place=place,
        )
        for rule, (words, bound) in rules.items()
        for name, place in OTHER_CROPS.items()
    ]
    return [
        *elsewhere,
        _claim(
            (
                "discrepancy_is_near_the_oracle",
                "Stopping where the loss reaches the energy of the clipped noise costs at most 0.3 dB.",
                STOPPING,
            ),
            method="dip_averaged_discrepancy", quantity="gap_to_oracle", bound=0.3, relation="at most",
        ),
        _claim(
            (
                "window_variance_is_near_the_oracle",
                "Stopping at the least variance of a window of outputs, without knowing sigma, costs at most 1 dB.",
                STOPPING,
            ),
            method="dip_averaged_wmv", quantity="gap_to_oracle", bound=1.0, relation="at most",
        ),
        _claim(
            ("window_variance_stretch", "The stop that does not know sigma costs at most 0.3 dB.", STOPPING),
            method="dip_averaged_wmv", quantity="gap_to_oracle", bound=0.3, relation="at most",
        ),
        _claim(
            (
                "no_fit_is_lost",
                "No fit to the crop of astronaut ends in a collapse that was not undone: the last averaged output of "
                "each is above 25 dB.",
                "ours: the safeguard of the published code, with the optimiser's state",
            ),
            method="dip_averaged_fixed", quantity="least_psnr", bound=25.0, relation="at least",
        ),
        _claim(
            (
                "hourglass_beats_the_deep_decoder",
                "With three times as many parameters as the image has numbers the hourglass, stopped at the noise, is "
                "above the best output of the deep decoder, which has an eighth, within as many steps.",
                'the lecture: "Overparametrization is not always the issue"',
            ),
            method="dip_averaged_discrepancy", quantity="psnr", bound=_psnr("deep_decoder_averaged_oracle"),
            relation="above",
        ),
    ]  # fmt: skip


def _other_tasks() -> list[Claim]:
    fills = {"biharmonic": "biharmonic filling", "tv": "filling by least total variation"}
    text = "With half of the pixels hidden the last averaged output is above"
    inpainting = [
        _claim(
            (f"inpainting_beats_{method}", f"{text} {words}.", PAPER),
            method="dip_averaged_fixed",
            quantity=f"gain_over_{method}",
            bound=0.0,
            relation="above",
            place=HALF,
        )
        for method, words in fills.items()
    ]
    bicubic = _claim(
        (
            "super_resolution_beats_bicubic",
            "At a factor of 4 the last averaged output is above bicubic interpolation.",
            PAPER,
        ),
        method="dip_averaged_fixed",
        quantity="gain_over_bicubic",
        bound=0.0,
        relation="above",
        place=QUARTER,
    )
    return [*inpainting, bicubic]


def _inversion() -> list[Claim]:
    needs = (Size(case="darcy_inversion", quantity="truths", at_least=12, method="cnn"),)

    def paired(name: str, statement: str, other: str, relation: Relation, x: tuple[float, ...]) -> Claim:
        """The mean difference of the errors on the same truths against zero, with two of its standard errors."""
        return Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=(Rows(case="darcy_inversion", method="cnn", quantity=f"error_below_{other}", x=x),),
            reference=0.0,
            relation=relation,
            errors=2.0,
            needs=needs,
        )

    return [
        paired(
            "network_beats_tikhonov",
            "From 100 sensors the coefficient found through the network is nearer to the truth than Tikhonov's.",
            "tikhonov", "above", (100.0,),
        ),
        paired(
            "network_beats_tikhonov_with_its_bounds",
            "So it is where Tikhonov's penalty has the network's bounded head.",
            "bounded_tikhonov", "above", (100.0,),
        ),
        paired(
            "total_variation_ties_with_the_network",
            "The classical penalty is as good: total variation with the same bounds differs by no more than two "
            "standard errors, from 30 and from 100 sensors.",
            "bounded_tv", "equals", (30.0, 100.0),
        ),
        paired(
            "few_sensors_leave_no_gain",
            "From 30 sensors the network and Tikhonov's penalty with the same bounds cannot be told apart.",
            "bounded_tikhonov", "equals", (30.0,),
        ),
    ]  # fmt: skip


def _designs() -> list[Claim]:
    def claim(name: str, statement: str, quantity: str, bound: float, relation: Relation, x: float) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=HOYER if relation == "at most" and bound == 1.0 else OURS,
            measured=(Rows(case="simp_suite", method="cnn", quantity=quantity, x=(x,)),),
            reference=bound,
            relation=relation,
            errors=2.0 if relation == "above" else 0.0,
            needs=(Size(case="simp_suite", quantity="problems", at_least=12, method="cnn"),),
        )

    return [
        claim(
            "network_designs_are_as_stiff_stretch",
            "After 100 solves the median compliance of the network's designs is at most that of optimality criteria.",
            "median_ratio", 1.0, "at most", 100.0,
        ),
        claim(
            "criteria_win_on_most_load_cases",
            "The network is no gain: after 100 solves its design is the stiffer one on at most half of the load cases.",
            "wins_over_oc", 0.5, "at most", 100.0,
        ),
        claim(
            "network_is_slower_than_the_elements",
            "After 20 solves L-BFGS on the network is behind L-BFGS on the elements, in the geometric mean.",
            "compliance_ratio_to_pixels", 1.0, "above", 20.0,
        ),
    ]  # fmt: skip
