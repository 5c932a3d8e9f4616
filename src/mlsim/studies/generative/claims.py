"""Claims of the lecture, of papers and of ours about learned probability distributions."""

from mlsim.claims import PUBLISHED, Claim, Measured, Size, claim, needs, quantity

PACGAN = "Lin, Khetan, Fanti, Oh, PacGAN, arXiv:1712.04086, results of the released code"
LECTURE = "the lecture: a distribution as a parametrised map from a known one"
DARCY = f"{LECTURE}; Yang, Zhang, Karniadakis, arXiv:1811.02033"
OURS = "ours, beside the lecture"
CLASSICAL = "ours: untrained baselines in the same table"
LEARNED_FIELDS = ("flow_matching", "edm", "rpgan", "spline_flow")
MIXTURES = {"grid25": "25-mode grid", "ring8": "8-mode ring"}

AT_LEAST, AT_MOST = Measured.at_least, Measured.at_most

# what PacGAN4 reached in 400,000 steps; every mode is required to be fair
LEVEL = {
    "grid25": {"fair_modes": (AT_LEAST, 25), "high_quality": (AT_LEAST, 93.6), "reverse_kl": (AT_MOST, 0.04)},
    "ring8": {"fair_modes": (AT_LEAST, 8), "high_quality": (AT_LEAST, 95.9), "reverse_kl": (AT_MOST, 0.07)},
}
LEVEL_TEXTS = {
    "fair_modes": "keeps every mode with at least a fifth of its weight",
    "high_quality": "has at least the fraction of high-quality samples of PacGAN4",
    "reverse_kl": "has at most the reverse divergence of PacGAN4",
}
PUBLISHED_TEXTS = {
    "modes": (AT_LEAST, "keeps at least as many modes as published for PacGAN2"),
    "high_quality": (AT_LEAST, "has at least the fraction of high-quality samples published for PacGAN2"),
    "reverse_kl": (AT_MOST, "has at most the reverse divergence published for PacGAN2"),
}


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_diffusion(), *_lost_modes(), *_fields(), *_posteriors(), *_filters(), _manifold()]


def _mixture(case: str) -> tuple[Size, ...]:
    sampled = needs(case, evaluated_samples=10_000, of="truth")
    return needs(case, training_steps=2000, networks=3) + sampled


def _trained(case: str, steps: int) -> tuple[Size, ...]:
    return needs(case, training_steps=steps, networks=1)


def _diffusion() -> list[Claim]:
    """The diffusion model against PacGAN4's level and against the published row of PacGAN2."""
    return [
        *(
            claim(f"{case}_{name}", f"ours, at the level of {PACGAN}", _mixture(case))(
                f"On the {MIXTURES[case]}, mean over three seeds, the diffusion model (EDM) {LEVEL_TEXTS[name]}.",
                compare(quantity(case, name)("edm"), bound),
            )
            for case, level in LEVEL.items()
            for name, (compare, bound) in level.items()
        ),
        *(
            claim(f"{case}_{name}_beats_pacgan2", PACGAN, _mixture(case))(
                f"On the {MIXTURES[case]} the diffusion model (EDM) {text}.",
                compare(quantity(case, name)("edm"), quantity(case, name)("pacgan2").published),
            )
            for case in MIXTURES
            for name, (compare, text) in PUBLISHED_TEXTS.items()
        ),
    ]


def _lost_modes() -> list[Claim]:
    enough, fair = _mixture("grid25"), quantity("grid25", "fair_modes")
    counted, relativistic = (
        "ours, beside the lecture: learning may not converge",
        "Huang et al., arXiv:2501.05441, section 2",
    )
    return [
        claim("gan_keeps_the_published_modes", PACGAN, enough)(
            "The non-saturating GAN keeps as many modes of the grid as published, 17.3 of 25.",
            # the printed standard error is 0.8
            quantity("grid25", "modes")("gan").equals(PUBLISHED, within=1.6, errors=2),
        ),
        claim("gan_loses_fair_modes", counted, enough)(
            "The non-saturating GAN gives at most half of the modes of the grid a fifth of their weight.",
            fair("gan") <= 12.5,
        ),
        claim("relativistic_game_keeps_more", relativistic, enough)(
            "The relativistic GAN with gradient penalties keeps more fair modes of the grid than the non-saturating "
            "GAN.",
            fair("rpgan").above(fair("gan"), errors=2),
        ),
        claim("packing_keeps_more", PACGAN, enough)(
            "The packed GAN keeps more fair modes of the grid than the non-saturating one.",
            fair("pacgan2").above(fair("gan"), errors=1),
        ),
    ]


def _fields() -> list[Claim]:
    fields = (("darcy_1d", 2000, LEARNED_FIELDS, "1-D"), ("darcy_2d", 1000, ("flow_matching",), "2-D"))
    sampled = {case: needs(case, evaluated_samples=4000, of="truth") for case, *_ in fields}
    return [
        stated
        for case, steps, learned, dimension in fields
        for stated in (
            claim(f"{case}_within_twice_the_floor", f"ours, beside {DARCY}", _trained(case, steps), sampled[case])(
                f"Darcy flow, {dimension}: a learned map's energy distance to the distribution of the solution is at "
                "most twice the floor.",
                quantity(case, "energy_distance_over_floor")(*learned) <= 2,
            ),
            claim(f"{case}_gaussian_is_caught", CLASSICAL, sampled[case])(
                f"Darcy flow, {dimension}: a classifier distinguishes more than 70 percent of the samples of the "
                "Gaussian fit from true ones.",
                quantity(case, "two_sample_accuracy")("gaussian") > 0.7,
            ),
        )
    ]


def _posteriors() -> list[Claim]:
    case = "linear_gaussian"
    exact = needs(case, posterior_samples=4000, of="truth")
    bounds = {"flow_matching": ("conditional flow", 0.05), "rpgan": ("conditional GAN", 0.15)}
    return [
        *(
            claim(
                f"posterior_of_{method}", f"ours, beside {LECTURE}; posterior by formula", exact, _trained(case, 2000)
            )(
                f"Linear Gaussian inverse problem: the {name}'s W2 / sqrt(tr S) to the exact posterior is at most "
                f"{bound:g}.",
                quantity(case, "relative_w2")(method) <= bound,
            )
            for method, (name, bound) in bounds.items()
        ),
        claim(
            "flow_matching_is_calibrated", "ours, beside Talts et al., arXiv:1804.06788", exact, _trained(case, 2000)
        )(
            "Linear Gaussian inverse problem: uniform ranks of the truth in the conditional flow are not rejected at "
            "the level 0.001.",
            quantity(case, "rank_p_value")("flow_matching") >= 0.001,
        ),
    ]


def _filters() -> list[Claim]:
    lognormal = quantity("lognormal_inverse", "relative_w2")
    rmse = quantity("lorenz63", "rmse")
    chains = needs("lognormal_inverse", chain_samples=1000, of="pcn")
    return [
        claim("lognormal_flow_beats_kalman", OURS, _trained("lognormal_inverse", 1000), chains)(
            "Lognormal inverse problem: the learned posterior is nearer to pCN than an ensemble Kalman update.",
            lognormal("flow_matching") <= lognormal("ensemble_kalman"),
        ),
        claim("kalman_filter_wins_on_lorenz", CLASSICAL, needs("lorenz63", training_steps=1000, of="flow_matching"))(
            "Lorenz system: the ensemble Kalman filter, which knows the equations and all data, has at most the error "
            "of the learned filter.",
            rmse("ensemble_kalman") <= rmse("flow_matching"),
        ),
        claim("learned_filter_beats_observation", OURS, _trained("lorenz63", 1000))(
            "Lorenz system: the learned filter has at most the error of the last observation alone.",
            rmse("flow_matching") <= rmse("observation"),
        ),
    ]


def _manifold() -> Claim:
    error = quantity("darcy_manifold", "reconstruction_error", x=3)
    source = "the lecture: manifold learning and reduction of dimension"
    return claim("autoencoder_beats_components", source, _trained("darcy_manifold", 1000))(
        "With as many latent coordinates as the manifold has dimensions, 3, an autoencoder errs less than principal "
        "components.",
        error("autoencoder") <= error("pca"),
    )
