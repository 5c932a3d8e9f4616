"""What the lecture and the papers claim of recovered equations, as comparisons of table rows."""

from mlsim.claims import PUBLISHED, Claim, Size, claim, needs, quantity

LECTURE = 'the lecture: "Recover the model from experimental observations"'
ARTICLE = "Rudy, Brunton, Proctor, Kutz, Sci. Adv. 3 (2017)"
NOTEBOOK = "github.com/snagcliffs/PDE-FIND, notebooks of the authors"
WEAK = "Gurevich, Reinbold, Grigoriev, Chaos 29, 103113 (2019): the weak form tolerates noise"
OURS = "ours, beside the lecture"
EQUATIONS = ("burgers", "kdv", "ks")
SNAPSHOTS = {"burgers": 101, "kdv": 201, "ks": 251}
NOISE = (0, 1, 2, 5, 10, 20)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_digits(), *_clean(), *_noisy(), *_success(), *_choices(), *_lorenz(), *_paper_size()]


def _full(case: str) -> tuple[Size, ...]:
    """The published grid."""
    return needs(case, snapshots=SNAPSHOTS[case], of="pde_find")


def _seeds(case: str, method: str) -> tuple[Size, ...]:
    return needs(case, noise_seeds=10, of=method)


def _digits() -> list[Claim]:
    printed = (
        ("burgers", "burgers", "uu_x", 0),
        ("burgers", "burgers", "u_xx", 0),
        ("single_solitons", "kdv_solitons", "u_x", (1, 5)),
        ("two_solitons", "kdv_solitons_together", "uu_x", ()),
        ("two_solitons", "kdv_solitons_together", "u_xxx", ()),
    )
    near = {"kdv": (5e-3, ("uu_x", "u_xxx")), "ks": (5e-5, ("uu_x", "u_xx", "u_xxxx"))}
    return [
        *(
            claim(f"{name}_{term}_to_all_digits", NOTEBOOK, _full("burgers" if case == "burgers" else "kdv"))(
                f"The coefficient of {term} ({name}) is the published one in all six printed decimals.",
                # half a unit of the last digit that is printed
                quantity(case, f"deviation_{term}", x=x)("pde_find").equals(PUBLISHED, within=5e-7),
            )
            for name, case, term, x in printed
        ),
        *(
            claim(f"{case}_{term}_as_published", NOTEBOOK, _full(case))(
                f"The coefficient of {term} ({case}, clean) is the published one up to {width:g}; the data of the "
                "authors were made by another solver.",
                quantity(case, f"coefficient_{term}", x=0)("pde_find").equals(PUBLISHED, within=width),
            )
            for case, (width, terms) in near.items()
            for term in terms
        ),
    ]


def _clean_error(case: str, width: float, sizes: tuple[Size, ...]) -> Claim:
    return claim(f"{case}_clean_error", f"{ARTICLE}, table 1", sizes)(
        f"The mean error of the coefficients ({case}, clean) is the published one up to {width:g} percent, its "
        "standard deviation over the coefficients.",
        quantity(case, "coefficient_error", x=0)("pde_find").equals(PUBLISHED, within=width),
    )


def _clean() -> list[Claim]:
    return [
        *(_clean_error(case, width, _full(case)) for case, width in {"burgers": 0.06, "kdv": 0.2, "ks": 1.3}.items()),
        *(
            claim(f"{case}_clean_terms", LECTURE, _full(case))(
                f"From clean data PDE-FIND finds the terms of {case} and no others.",
                quantity(case, "success_rate", x=0)("pde_find").equals(1),
            )
            for case in EQUATIONS
        ),
    ]


def _noisy() -> list[Claim]:
    """Errors of the weak form."""
    error = {case: quantity(case, "coefficient_error", x=1) for case in EQUATIONS}
    return [
        *(
            claim(f"{case}_weak_form_at_1_percent", WEAK, _seeds(case, "weak_form"))(
                f"With 1 percent of noise the weak form's coefficients ({case}) are off by at most 0.5 percent.",
                error[case]("weak_form") <= 0.5,
            )
            for case in EQUATIONS
        ),
        *(
            claim(f"{case}_weak_form_beats_published_pde_find", WEAK, _seeds(case, "weak_form"))(
                f"With 1 percent of noise the weak form's error ({case}) is below the published one of PDE-FIND.",
                error[case]("weak_form") <= error[case]("pde_find").published,
            )
            for case in EQUATIONS
        ),
        claim("ks_weak_form_at_20_percent", WEAK, _seeds("ks", "weak_form"))(
            "With 20 percent of noise the weak form's coefficients (ks) are off by at most 2 percent.",
            error["ks"]("weak_form", x=20) <= 2,
        ),
    ]


def _success() -> list[Claim]:
    """Right terms by the weak form, by its ensembles, and by PDE-FIND."""
    titles = {"weak_form": "the weak form", "ensemble": "the ensemble of weak forms"}
    limits = (
        *(("burgers", method, 10) for method in titles),
        *((case, "weak_form", 10) for case in ("kdv", "ks")),
        *((case, "weak_form", 20) for case in EQUATIONS),
    )
    success = {case: quantity(case, "success_rate", x=10) for case in EQUATIONS}
    return [
        *(
            claim(f"{case}_{method}_success_up_to_{limit}_percent", OURS, _seeds(case, method))(
                f"Up to {limit} percent of noise {titles[method]} finds the right terms of {case} in at least 95 "
                "percent of the data sets; of ten, in all.",
                success[case](method, x=[noise for noise in NOISE if noise <= limit]) >= 0.95,
            )
            for case, method, limit in limits
        ),
        *(
            claim(f"{case}_weak_form_success_on_other_draws", OURS, _seeds(case, "weak_form"))(
                "On ten other draws of 10 percent of noise and of boxes the weak form finds the right terms of "
                f"{case} in at least 95 percent of the data sets.",
                quantity(f"{case}_boxes", "success_rate", x=1)("weak_form") >= 0.95,
            )
            for case in EQUATIONS
        ),
        *(
            claim(f"{case}_pde_find_fails_at_10_percent", OURS, _seeds(case, "pde_find"))(
                f"With 10 percent of noise PDE-FIND finds the terms of {case} in no data set.",
                success[case]("pde_find") <= 0,
            )
            for case in EQUATIONS
        ),
    ]


def _choices() -> list[Claim]:
    success = quantity("kdv_thresholds", "success_rate")
    wave = f"{ARTICLE}: one travelling wave does not determine the equation"
    return [
        claim("derivatives_that_see_the_kink_select_a_wrong_model", OURS, _full("kdv"))(
            "With Fourier derivatives, which see the kink at the end of the period, PDE-FIND (kdv, threshold 5, the "
            "published one) finds a wrong equation.",
            success("pde_find_spectral", x=5).equals(0),
        ),
        claim("threshold_five_is_right", OURS, _full("kdv"))(
            "With finite differences and the published threshold 5 PDE-FIND finds the terms of kdv.",
            success("pde_find", x=5).equals(1),
        ),
        claim("threshold_ten_is_wrong", OURS, _full("kdv"))(
            "With finite differences and threshold 10, twice the published one, PDE-FIND finds a wrong equation for "
            "kdv.",
            success("pde_find", x=10).equals(0),
        ),
        claim("one_soliton_is_advected", wave, _full("kdv"))(
            "From one soliton PDE-FIND finds u_t = -c u_x, which the soliton solves as well.",
            quantity("kdv_solitons", "success_rate", x=(1, 5))("pde_find").equals(1),
        ),
        claim("two_solitons_tell_the_equation", wave, _full("kdv"))(
            "From the solitons of two speeds together PDE-FIND finds the Korteweg-de Vries equation.",
            quantity("kdv_solitons_together", "success_rate")("pde_find").equals(1),
        ),
    ]


def _lorenz() -> list[Claim]:
    error, horizon = quantity("lorenz", "coefficient_error", x=(0.1, 1)), quantity("lorenz", "horizon", x=(0, 1))
    success = quantity("lorenz", "success_rate", x=(5, 10))
    enough = _seeds("lorenz", "weak_form") + needs("lorenz", training_steps=1000, of="neural_ode")
    return [
        claim("lorenz_terms", OURS, enough)(
            "Up to 1 percent of noise the weak form finds the seven terms of the Lorenz system in at least 95 percent "
            "of the trajectories, of ten in all.",
            success("weak_form", x=(0, 0.1, 1)) >= 0.95,
        ),
        claim("lorenz_ensemble_is_right_more_often", OURS, enough)(
            "With 5 and 10 percent of noise the ensemble finds the right terms of the Lorenz system at least as often "
            "as one regression.",
            success("ensemble") >= success("weak_form"),
        ),
        claim("lorenz_weak_form_beats_differences", OURS, enough)(
            "With 0.1 and 1 percent of noise the weak form's error (Lorenz system) is at most that of finite "
            "differences.",
            error("weak_form") <= error("differences"),
        ),
        claim("lorenz_weak_form_beats_savitzky_golay", OURS, enough)(
            "With 0.1 and 1 percent of noise the weak form's error (Lorenz system) is at most that of Savitzky-Golay "
            "filters.",
            error("weak_form") <= error("savitzky_golay"),
        ),
        claim("sindy_forecasts_longer_than_a_neural_ode", OURS, enough)(
            "From the same data, clean or with 1 percent of noise, the recovered Lorenz system forecasts at least as "
            "long as a network as the right-hand side.",
            horizon("weak_form") >= horizon("neural_ode"),
        ),
        claim("neural_ode_forecasts_three_lyapunov_times", OURS, enough)(
            "From clean data of the Lorenz system the network as the right-hand side forecasts three Lyapunov times.",
            horizon("neural_ode", x=0) >= 3,
        ),
    ]


def _paper_size() -> list[Claim]:
    return [_clean_error(case, 0.01, _seeds(case, "pde_find")) for case in ("nls", "reaction_diffusion")]
