"""What the lecture and the papers claim of recovered equations, as comparisons of table rows."""

from mlsim.claims import Claim, Relation, Rows, Size
from mlsim.studies.discovery.claims_noise import EQUATIONS, OURS, SEEDS, noise_claims

LECTURE = 'the lecture: "Recover the model from experimental observations"'
PAPER = "Rudy, Brunton, Proctor, Kutz, Sci. Adv. 3 (2017), table 1"
NOTEBOOK = "github.com/snagcliffs/PDE-FIND, notebooks of the authors"
SNAPSHOTS = {
    "burgers": 101,
    "kdv": 201,
    "ks": 251,
    "burgers_fine": 1001,
    "kdv_solitons": 201,
    "kdv_solitons_together": 201,
}
PRINTED = 5e-7  # half a unit of the last digit that is printed
CLEAN = 0.0


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_digits(), *_clean(), *noise_claims(), *_choices(), *_lorenz(), *_paper_size()]


def _full(case: str) -> tuple[Size, ...]:
    """The published grid."""
    owner = "kdv" if case.startswith("kdv_solitons") else case
    return (Size(case=owner, quantity="snapshots", at_least=SNAPSHOTS[case], method="pde_find"),)


def _seeds(case: str, method: str, count: int = SEEDS) -> tuple[Size, ...]:
    return (Size(case=case, quantity="noise_seeds", at_least=count, method=method),)


def _digits() -> list[Claim]:
    def printed(case: str, term: str, x: tuple[float, ...], name: str) -> Claim:
        return Claim(
            name=f"{name}_{term}_to_all_digits",
            statement=f"The coefficient of {term} ({name}) is the published one in all six printed decimals.",
            source=NOTEBOOK,
            measured=(Rows(case=case, method="pde_find", quantity=f"deviation_{term}", x=x),),
            reference="published",
            relation="equals",
            tolerance=PRINTED,
            needs=_full(case),
        )

    def near(case: str, terms: tuple[str, ...], tolerance: float) -> list[Claim]:
        return [
            Claim(
                name=f"{case}_{term}_as_published",
                statement=f"The coefficient of {term} ({case}, clean) is the published one up to {tolerance:g}; the "
                "data of the authors were made by another solver.",
                source=NOTEBOOK,
                measured=(Rows(case=case, method="pde_find", quantity=f"coefficient_{term}", x=(CLEAN,)),),
                reference="published",
                relation="equals",
                tolerance=tolerance,
                needs=_full(case),
            )
            for term in terms
        ]

    return [
        printed("burgers", "uu_x", (CLEAN,), "burgers"),
        printed("burgers", "u_xx", (CLEAN,), "burgers"),
        printed("kdv_solitons", "u_x", (1.0, 5.0), "single_solitons"),
        printed("kdv_solitons_together", "uu_x", (), "two_solitons"),
        printed("kdv_solitons_together", "u_xxx", (), "two_solitons"),
        *near("kdv", ("uu_x", "u_xxx"), 5e-3),
        *near("ks", ("uu_x", "u_xx", "u_xxxx"), 5e-5),
    ]


def _clean() -> list[Claim]:
    def error(case: str, reference: float | str, method: str = "pde_find") -> Claim:
        words = "the published one" if reference == "published" else f"{reference:g} percent"
        return Claim(
            name=f"{case}_clean_error",
            statement=f"The mean error of the coefficients ({case}, clean) is at most {words}.",
            source=PAPER if reference == "published" else OURS,
            measured=(Rows(case=case, method=method, quantity="coefficient_error", x=(CLEAN,)),),
            reference="published" if isinstance(reference, str) else reference,
            relation="at most",
            needs=_full(case),
        )

    right = [
        Claim(
            name=f"{case}_clean_terms",
            statement=f"From clean data PDE-FIND finds the terms of {case} and no others.",
            source=LECTURE,
            measured=(Rows(case=case, method="pde_find", quantity="success_rate", x=(CLEAN,)),),
            reference=1.0,
            relation="equals",
            needs=_full(case),
        )
        for case in EQUATIONS
    ]
    # Fourier derivatives and ten times the snapshots: what is left is the error of the differences in time
    fine = error("burgers_fine", 0.005, "pde_find_spectral")
    return [error("burgers", "published"), error("kdv", 1.2), error("ks", "published"), *right, fine]


def _choices() -> list[Claim]:
    def kdv(name: str, statement: str, method: str, x: float, value: float, quantity: str = "success_rate") -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=(Rows(case="kdv_thresholds", method=method, quantity=quantity, x=(x,)),),
            reference=value,
            relation="equals",
            needs=_full("kdv"),
        )

    def solitons(name: str, statement: str, case: str, x: tuple[float, ...] = ()) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source="Rudy, Brunton, Proctor, Kutz, Sci. Adv. 3 (2017): one travelling wave leaves the equation open",
            measured=(Rows(case=case, method="pde_find", quantity="success_rate", x=x),),
            reference=1.0,
            relation="equals",
            needs=_full(case),
        )

    return [
        kdv(
            "derivatives_that_see_the_kink_select_a_wrong_model",
            "With Fourier derivatives, which see the kink at the end of the period, PDE-FIND (kdv, threshold 5, the "
            "published one) finds a wrong equation.",
            "pde_find_spectral", 5.0, 0.0,
        ),
        kdv(
            "threshold_five_is_right",
            "With differences the published threshold 5 finds the terms of kdv.",
            "pde_find", 5.0, 1.0,
        ),
        kdv(
            "threshold_ten_is_wrong",
            "Twice that threshold finds a wrong equation.",
            "pde_find", 10.0, 0.0,
        ),
        solitons(
            "one_soliton_is_advected",
            "From one soliton PDE-FIND finds u_t = -c u_x, which it solves as well.",
            "kdv_solitons", (1.0, 5.0),
        ),
        solitons(
            "two_solitons_tell_the_equation",
            "From the solitons of two speeds together it finds the equation of Korteweg and de Vries.",
            "kdv_solitons_together",
        ),
    ]  # fmt: skip


def _lorenz() -> list[Claim]:
    def claim(
        name: str, statement: str, method: str, quantity: str, x: tuple[float, ...], bound: float | Rows,
        relation: Relation = "at most",
    ) -> Claim:  # fmt: skip
        return Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=(Rows(case="lorenz", method=method, quantity=quantity, x=x),),
            reference=bound,
            relation=relation,
            needs=(
                *_seeds("lorenz", "weak_form"),
                Size(case="lorenz", quantity="training_steps", at_least=1000, method="neural_ode"),
            ),
        )

    def rows(method: str, quantity: str, *x: float) -> Rows:
        return Rows(case="lorenz", method=method, quantity=quantity, x=x)

    return [
        claim(
            "lorenz_weak_form_is_exact",
            "From clean data the weak form finds the coefficients of Lorenz' system to 1e-7 percent.",
            "weak_form", "coefficient_error", (CLEAN,), 1e-7,
        ),
        claim(
            "lorenz_terms",
            "Up to 1 percent of noise the weak form finds its seven terms in at least 95 percent of the trajectories, "
            "of ten in all.",
            "weak_form", "success_rate", (0.0, 0.1, 1.0), 0.95, "at least",
        ),
        claim(
            "lorenz_terms_stretch",
            "With 5 percent of noise the weak form still finds them as often.",
            "weak_form", "success_rate", (5.0,), 0.95, "at least",
        ),
        claim(
            "lorenz_ensemble_is_right_more_often",
            "With 5 and 10 percent of noise the ensemble finds the right terms at least as often as one regression.",
            "ensemble", "success_rate", (5.0, 10.0), rows("weak_form", "success_rate", 5.0, 10.0), "at least",
        ),
        claim(
            "lorenz_weak_form_beats_differences",
            "With 0.1 and 1 percent of noise its error is below that of differences.",
            "weak_form", "coefficient_error", (0.1, 1.0), rows("differences", "coefficient_error", 0.1, 1.0),
        ),
        claim(
            "lorenz_weak_form_beats_savitzky_golay",
            "With 0.1 and 1 percent of noise its error is below that of Savitzky and Golay's polynomials.",
            "weak_form", "coefficient_error", (0.1, 1.0), rows("savitzky_golay", "coefficient_error", 0.1, 1.0),
        ),
        claim(
            "sindy_forecasts_longer_than_a_neural_ode",
            "From the same data, clean or with 1 percent of noise, the recovered equation forecasts longer than a "
            "network as the right-hand side.",
            "weak_form", "horizon", (0.0, 1.0), rows("neural_ode", "horizon", 0.0, 1.0), "at least",
        ),
        claim(
            "neural_ode_forecasts_three_lyapunov_times",
            "The network forecasts three Lyapunov times from clean data.",
            "neural_ode", "horizon", (CLEAN,), 3.0, "at least",
        ),
    ]  # fmt: skip


def _paper_size() -> list[Claim]:
    return [
        Claim(
            name=f"{case}_clean_error",
            statement=f"The mean error of the coefficients ({case}, clean) is at most the published one.",
            source=PAPER,
            measured=(Rows(case=case, method="pde_find", quantity="coefficient_error", x=(CLEAN,)),),
            reference="published",
            relation="at most",
            needs=_seeds(case, "pde_find"),
        )
        for case in ("nls", "reaction_diffusion")
    ]
