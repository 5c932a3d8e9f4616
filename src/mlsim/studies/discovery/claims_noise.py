"""Claims on noisy fields: what the weak form stands and PDE-FIND does not."""

from mlsim.claims import Claim, Relation, Rows, Size

WEAK = "Gurevich, Reinbold, Grigoriev, Chaos 29, 103113 (2019): the weak form stands noise"
OURS = "ours, beside the lecture"
EQUATIONS = ("burgers", "kdv", "ks")
NOISE = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)
LOW, HALF, HIGH = 1.0, 10.0, 20.0
SEEDS = 10


def noise_claims() -> list[Claim]:
    """Errors and success of the weak form, of its ensembles, and of PDE-FIND."""
    return [*_weak_errors(), *_success()]


def claim(
    name: str, statement: str, rows: Rows, bound: float | Rows, *, relation: Relation = "at most", source: str = WEAK
) -> Claim:
    """A claim on rows of one method that rest on ten seeds of the noise."""
    owner = rows.case.removesuffix("_boxes")
    return Claim(
        name=name,
        statement=statement,
        source=source,
        measured=(rows,),
        reference=bound,
        relation=relation,
        needs=(Size(case=owner, quantity="noise_seeds", at_least=SEEDS, method=rows.method),),
    )


def _rows(case: str, method: str, *x: float, quantity: str = "coefficient_error") -> Rows:
    return Rows(case=case, method=method, quantity=quantity, x=x)


def _weak_errors() -> list[Claim]:
    low = [
        claim(
            f"{case}_weak_form_at_1_percent",
            f"With 1 percent of noise the weak form's coefficients ({case}) are off by at most 0.5 percent.",
            _rows(case, "weak_form", LOW),
            0.5,
        )
        for case in EQUATIONS
    ]
    published = [
        claim(
            f"{case}_weak_form_beats_published_pde_find",
            f"With 1 percent of noise the weak form's error ({case}) is below the published one of PDE-FIND.",
            _rows(case, "weak_form", LOW),
            Rows(case=case, method="pde_find", quantity="coefficient_error", x=(LOW,), column="published"),
        )
        for case in EQUATIONS
    ]
    high = [
        claim(
            f"ks_weak_form_at_20_percent{name}",
            f"With 20 percent of noise the weak form's coefficients (ks) are off by at most {bound:g} percent.",
            _rows("ks", "weak_form", HIGH),
            bound,
        )
        for name, bound in (("", 2.0), ("_stretch", 0.8))
    ]
    return [*low, *published, *high]


def _success() -> list[Claim]:
    words = {"weak_form": "the weak form", "ensemble": "the ensemble of weak forms"}
    limits = (("burgers", "weak_form", HALF), ("burgers", "ensemble", HALF), ("kdv", "weak_form", HALF),
              ("ks", "weak_form", HALF), *((case, "weak_form", HIGH) for case in EQUATIONS))  # fmt: skip
    right = [
        claim(
            f"{case}_{method}_success_up_to_{limit:g}_percent",
            f"Up to {limit:g} percent of noise {words[method]} finds the right terms of {case} in at least 95 percent "
            "of the data sets; of ten, in all.",
            _rows(case, method, *(x for x in NOISE if x <= limit), quantity="success_rate"),
            0.95,
            relation="at least",
            source=OURS,
        )
        for case, method, limit in limits
    ]
    others = [
        claim(
            f"{case}_weak_form_success_on_other_draws",
            f"On ten other draws of 10 percent of noise and of boxes it finds the right terms of {case} as often.",
            _rows(f"{case}_boxes", "weak_form", 1.0, quantity="success_rate"),
            0.95,
            relation="at least",
            source=OURS,
        )
        for case in EQUATIONS
    ]
    wrong = [
        claim(
            f"{case}_pde_find_fails_at_10_percent",
            f"With 10 percent of noise PDE-FIND finds the terms of {case} in no data set.",
            _rows(case, "pde_find", HALF, quantity="success_rate"),
            0.0,
            source=OURS,
        )
        for case in EQUATIONS
    ]
    return [*right, *others, *wrong]
