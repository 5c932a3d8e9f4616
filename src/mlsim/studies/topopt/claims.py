"""What the paper and the lecture claim about topology optimisation, as comparisons of table rows."""

from mlsim.claims import Claim, Rows, Size
from mlsim.studies.topopt.layouts import ITERATIONS

PAPER = "Sosnovik, Oseledets, arXiv:1709.09578, table of binary accuracy; the lecture, same table"
ELASTIC, HEAT = "compliance_40x40", "heat_40x40"
NETWORKS = ("cnn_poisson_5", "cnn_poisson_10", "cnn_poisson_30", "cnn_uniform", "cnn_uniform_skip")
# chosen before any test problem was looked at: the best of several on the test problems would be no fair witness
NAMED_BEFOREHAND = "cnn_poisson_10"
EARLY = (5.0, 10.0)
TRAINED = Size(case=ELASTIC, quantity="training_samples", at_least=50_000)


def claims() -> list[Claim]:
    """The study's claims."""
    return [_thresholding(), *_gains(), *_published_rows(), *_orderings(), _transfer()]


def _accuracy(method: str, *, x: tuple[float, ...] = ITERATIONS) -> Rows:
    return Rows(case=ELASTIC, method=method, quantity="accuracy", x=x)


def _gain(method: str, *, case: str = ELASTIC) -> Rows:
    return Rows(case=case, method=method, quantity="gain", x=EARLY)


def _problems(count: int, *, method: str = "thresholding", case: str = ELASTIC) -> Size:
    return Size(case=case, method=method, quantity="problems", at_least=count)


def _thresholding() -> Claim:
    return Claim(
        name="thresholding_row",
        statement="Thresholding the stopped density is as accurate as published, at every iteration.",
        source=PAPER,
        measured=(_accuracy("thresholding_all"),),
        reference="published",
        relation="equals",
        tolerance=(0.4, 0.4, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.2),
        errors=2.0,
        needs=(_problems(1000, method="thresholding_all"),),
    )


def _gains() -> list[Claim]:
    return [
        Claim(
            name="network_beats_thresholding",
            statement="On unseen problems the network of Poisson(10) beats thresholding after 5 and 10 updates.",
            source=f"the lecture; {PAPER}",
            measured=(_gain(NAMED_BEFOREHAND),),
            reference=0.0,
            relation="above",
            errors=1.96,
            needs=(_problems(100), TRAINED),
        ),
        Claim(
            name="network_gains_a_point",
            statement="On unseen problems one network gains a point or more over thresholding after 5 and 10 updates.",
            source=f"{PAPER}: 2.5 and 2.2 points at 300,000 samples; one point is ours for a sixth of them",
            measured=tuple(_gain(method) for method in NETWORKS),
            reference=1.0,
            relation="at least",
            needs=(_problems(100), TRAINED),
        ),
    ]


def _published_rows() -> list[Claim]:
    bands = {"cnn_poisson_5": (0.8, 0), "cnn_poisson_10": (0.8, 0), "cnn_poisson_30": (0.4, 1), "cnn_uniform": (0.4, 1)}
    sizes = (
        Size(case=ELASTIC, quantity="training_samples", at_least=290_000),
        _problems(5_000, method="thresholding_all"),
    )
    return [
        Claim(
            name=f"{method}_row",
            statement=f"{method} is at most {band} points below the published row from N = {ITERATIONS[skip]} on.",
            source=PAPER,
            measured=(_accuracy(method, x=ITERATIONS[skip:]),),
            reference="published",
            relation="at least",
            tolerance=band,
            needs=sizes,
        )
        for method, (band, skip) in bands.items()
    ]


def _orderings() -> list[Claim]:
    pairs = {
        "short_law_wins_early": (
            "After 5 updates the network trained on Poisson(5) is better than the one trained on Poisson(30).",
            ("cnn_poisson_5", "cnn_poisson_30", (5.0,)),
        ),
        "long_law_wins_late": (
            "From 30 updates on the network trained on Poisson(30) is better than the one trained on Poisson(5).",
            ("cnn_poisson_30", "cnn_poisson_5", (30.0, 40.0, 50.0, 60.0, 80.0)),
        ),
        "short_law_loses_late": (
            "After 80 updates thresholding is better than the network trained on Poisson(5).",
            ("thresholding", "cnn_poisson_5", (80.0,)),
        ),
    }
    return [
        Claim(
            name=name,
            statement=statement,
            source=PAPER,
            measured=(_accuracy(better, x=x),),
            reference=_accuracy(worse, x=x),
            relation="above",
            errors=2.0,
            needs=(
                _problems(100),
                Size(case=ELASTIC, method="cnn_poisson_5", quantity="training_samples", at_least=50_000),
            ),
        )
        for name, (statement, (better, worse, x)) in pairs.items()
    ]


def _transfer() -> Claim:
    return Claim(
        name="transfer_to_heat",
        statement="Trained on elasticity alone, the network of Poisson(10) beats thresholding on heat after 5 and 10.",
        source="Sosnovik, Oseledets, arXiv:1709.09578, transfer to heat conduction; the problems are ours",
        measured=(_gain(NAMED_BEFOREHAND, case=HEAT),),
        reference=0.0,
        relation="above",
        errors=1.96,
        needs=(
            _problems(100, case=HEAT),
            Size(case=HEAT, quantity="training_samples", at_least=50_000),
        ),
    )
