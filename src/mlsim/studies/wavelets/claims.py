"""What the study claims of wavelets as architecture, as comparisons of table rows."""

from mlsim.claims import Claim, Relation, Rows, Size
from mlsim.studies.wavelets.settings import ENSEMBLES, KERNELS

OURS = "ours; the lecture names no source for its slide on wavelets"
BCR = "Beylkin, Coifman, Rokhlin, Comm. Pure Appl. Math. 44 (1991) 141"
SOGAARD = "after A. Sogaard, arXiv:1706.03041"
TENSOR_TRAIN = "Oseledets, Tyrtyshnikov, SIAM J. Sci. Comput. 33 (2011) 1315"
BANDS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
LEARNED_BANDS = BANDS[:3]
LENGTHS = (4.0, 8.0, 16.0)
DEGREES = (1.0, 2.0, 3.0)
KEPT = (4.0, 8.0, 16.0, 32.0, 64.0)
SIGNALS = 100


def claims() -> list[Claim]:
    """The study's claims."""
    return [
        *_exact(),
        *_bands(),
        *_orders(),
        *_trained_bands(),
        *_learned(),
        *_rediscovered(),
        *_penalty(),
        *_tensor_train(),
        *_compression(),
    ]


def _points(case: str, method: str) -> Size:
    return Size(case=case, quantity="points", at_least=320, method=method)


def _error(method: str, *, x: tuple[float, ...], case: str = "logarithm", quantity: str = "relative_error") -> Rows:
    return Rows(case=case, method=method, quantity=quantity, x=x)


def _exact() -> list[Claim]:
    full = [
        Claim(
            name=f"full_form_is_exact_{kernel}",
            statement=f"With full blocks the nonstandard form of the kernel {kernel} is the matrix up to rounding.",
            source=BCR,
            measured=(Rows(case=kernel, method="db3", quantity="full_band_error"),),
            reference=0.0,
            relation="at most",
            tolerance=1e-12,
            needs=(_points(kernel, "db3"),),
        )
        for kernel in KERNELS
    ]
    network = Claim(
        name="linear_network_is_the_banded_form",
        statement="BCR-Net with one channel, no ReLU and the bands as weights is the banded product up to rounding.",
        source="Fan, Orozco Bohorquez, Ying, arXiv:1810.08754",
        measured=(_error("bcr_net", x=BANDS[:5], quantity="difference_from_form"),),
        reference=0.0,
        relation="at most",
        tolerance=1e-12,
        needs=(_points("logarithm", "bcr_net"),),
    )
    piecewise = Claim(
        name="linear_pieces_need_a_band_of_two",
        statement="For the sawtooth two vanishing moments leave a band of two: no error from there on.",
        source="derived: away from its jump the kernel is linear, so wavelets with two moments do not see it",
        measured=(_error("db2", x=BANDS[1:], case="sawtooth"),),
        reference=0.0,
        relation="at most",
        tolerance=1e-12,
        needs=(_points("sawtooth", "db2"),),
    )
    return [*full, network, piecewise]


def _bands() -> list[Claim]:
    # errors of one random vector in an earlier prototype; an unknown vector, so that only the spread can be compared
    known = {
        "haar": (1.6e-1, 8.6e-2, 7.3e-2, 5.1e-2, 4.1e-2, 3.4e-2),
        "db3": (6.8e-2, 1.6e-2, 3.0e-3, 1.2e-3, 5.4e-4, 3.1e-4),
        "db5": (5.4e-2, 4.5e-2, 1.9e-2, 2.4e-3, 2.6e-4, 6.2e-5),
    }
    sides: dict[str, tuple[Relation, float]] = {"low": ("at most", 1.0), "high": ("at least", -1.0)}
    errors = [
        Claim(
            name=f"band_errors_of_{method}_{side}",
            statement=f"{method}: a prototype's error is one of 19 in 20; their {side} end is {relation} it.",
            source="an independent prototype of ours, one random vector",
            measured=(_error(method, x=BANDS, quantity=f"vector_error_{side}"),),
            reference=0.0,
            relation=relation,
            tolerance=tuple(sign * error for error in values),
            needs=(_points("logarithm", method),),
        )
        for method, values in known.items()
        for side, (relation, sign) in sides.items()
    ]
    return errors


def _orders() -> list[Claim]:
    orders = {
        "haar_is_worse_than_db3": (
            "From a band of two on Haar's error is above that of db3.",
            "haar", "db3", BANDS[1:],
        ),
        "db5_is_worse_in_narrow_bands": (
            "In bands of 2 to 4 the error of db5 is above that of db3: its support is longer than the band.",
            "db5", "db3", BANDS[1:4],
        ),
        "db5_is_better_in_wide_bands": (
            "In bands of 5 and 6 the error of db3 is above that of db5.",
            "db3", "db5", BANDS[4:],
        ),
        "symmetric_filters_are_better": (
            "From a band of two on the error of db5 is above that of sym5, as long and with as many moments.",
            "db5", "sym5", BANDS[1:],
        ),
        "thresholding_beats_the_band": (
            "With as many coefficients the largest entries of the form have a smaller error than its bands.",
            "db3", "thresholded_form", BANDS,
        ),
    }  # fmt: skip
    return [
        Claim(
            name=name,
            statement=statement,
            source=OURS,
            measured=(_error(worse, x=x),),
            reference=_error(better, x=x),
            relation="above",
            needs=(_points("logarithm", worse),),
        )
        for name, (statement, worse, better, x) in orders.items()
    ]


def _trained_bands() -> list[Claim]:
    methods = {
        "learned_db3": "one learned filter bank from db3",
        "learned_db3_each": "learned filters for each level and side from db3",
        "learned_sym5": "one learned filter bank from sym5",
    }
    lower = [
        Claim(
            name=f"{method}_gains_{kernel}",
            statement=f"Kernel {kernel}: {words} has at most the error of its start in every band.",
            source=OURS,
            measured=(_error(method, x=LEARNED_BANDS, case=kernel),),
            reference=_error(method, x=LEARNED_BANDS, case=kernel, quantity="start_error"),
            relation="at most",
            needs=(_steps(kernel), _points(kernel, "db3")),
        )
        for method, words in methods.items()
        for kernel in KERNELS
    ]
    transfer = Claim(
        name="learned_filters_transfer",
        statement="Filters learned for the logarithm keep a smaller error than db3 on twice as many points.",
        source=OURS,
        measured=(_error("learned_db3", x=LEARNED_BANDS, quantity="transfer_error"),),
        reference=_error("learned_db3", x=LEARNED_BANDS, quantity="start_transfer_error"),
        relation="at most",
        needs=(_steps("logarithm"), _points("logarithm", "db3")),
    )
    return [*lower, transfer]


def _steps(case: str) -> Size:
    return Size(case=case, quantity="training_steps", at_least=50)


def _learned() -> list[Claim]:
    enough = [Size(case=ensemble, quantity="signals", at_least=SIGNALS) for ensemble in ENSEMBLES]
    return [
        Claim(
            name=f"lattice_beats_db2_{size.case}",
            statement=f"Signals {size.case}: the learned lattice has at least a Gini coefficient of that of db2.",
            source=SOGAARD,
            measured=(Rows(case=size.case, method="lattice", quantity="gini", x=LENGTHS),),
            reference=Rows(case=size.case, method="lattice", quantity="gini_of_db2", x=LENGTHS),
            relation="at least",
            needs=(_steps(size.case), size),
        )
        for size in enough
    ] + [
        Claim(
            name=f"lattice_is_no_worse_than_daubechies_{size.case}",
            statement=f"Signals {size.case}: learned filters are no denser than Daubechies' of their length, in pairs.",
            source=SOGAARD,
            measured=(Rows(case=size.case, method="lattice", quantity="gain_over_daubechies", x=LENGTHS),),
            reference=0.0,
            relation="at least",
            errors=2.0,
            needs=(_steps(size.case), size),
        )
        for size in enough
    ]


def _rediscovered() -> list[Claim]:
    return [
        Claim(
            name=f"random_filters_become_db2_{ensemble}",
            statement=f"Signals {ensemble}: four random coefficients end within a hundredth of db2 or its mirror.",
            source=OURS,
            measured=(Rows(case=ensemble, method="lattice", quantity="distance_from_random_start", x=(4.0,)),),
            reference=0.0,
            relation="at most",
            tolerance=1e-2,
            needs=(_steps(ensemble),),
        )
        for ensemble in ENSEMBLES
    ]


def _penalty() -> list[Claim]:
    forms: dict[str, tuple[str, Relation, float]] = {
        "lattice": ("The learned lattice reconstructs up to rounding.", "at most", 1e-12),
        "penalty": ("Filters learned with the penalty reconstruct no better than to 1e-6.", "above", 1e-6),
    }
    errors = [
        Claim(
            name=f"lattice_leaves_less_than_penalty_{ensemble}",
            statement=f"Signals {ensemble}: 8 coefficients of a lattice leave less than 8 with the penalty, 64 kept.",
            source=OURS,
            measured=(_error("penalty_8", x=KEPT[4:], case=ensemble),),
            reference=_error("lattice_8", x=KEPT[4:], case=ensemble),
            relation="above",
            needs=(Size(case=ensemble, quantity="signals", at_least=SIGNALS, method="db2"),),
        )
        for ensemble in ENSEMBLES[:2]  # on ground states no step with the penalty improved on Daubechies' filters
    ]
    return errors + [
        Claim(
            name=f"reconstruction_by_{form}",
            statement=statement,
            source=SOGAARD,
            measured=(Rows(case="smooth", method=form, quantity="reconstruction_error", x=(8.0,)),),
            reference=reference,
            relation=relation,
            needs=(_steps("smooth"),),
        )
        for form, (statement, relation, reference) in forms.items()
    ]


def _tensor_train() -> list[Claim]:
    def powers(name: str, statement: str, quantity: str, relation: Relation, reference: float | Rows) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=TENSOR_TRAIN,
            measured=(Rows(case="powers", method="wtt", quantity=quantity, x=DEGREES),),
            reference=reference,
            relation=relation,
            needs=(Size(case="powers", quantity="points", at_least=256),),
        )

    wavelets = Rows(case="powers", method="daubechies", quantity="coefficients", x=DEGREES)
    learned = "The wavelet tensor train learned from 1, ..., x^p"
    return [
        powers("tensor_train_is_no_denser", f"{learned} gives x^p no more coefficients than Daubechies' wavelets with "
               "p + 1 moments.", "coefficients", "at most", wavelets),
        powers("tensor_train_annihilates", f"{learned} has no details for degrees up to p.", "details_up_to_degree",
               "at most", 1e-11),
        powers("tensor_train_stops_there", f"{learned} has details for degree p + 1.", "details_of_next_degree",
               "above", 1e-3),
    ]  # fmt: skip


def _compression() -> list[Claim]:
    pairs = {
        "components_win_on_smooth": ("smooth", "principal_components", "lattice_16", KEPT),
        "components_win_on_ground_states": ("ground_states", "principal_components", "lattice_16", KEPT[1:]),
        "wavelets_win_at_jumps": ("piecewise_smooth", "db4", "principal_components", KEPT[3:]),
        "tensor_train_wins_on_smooth": ("smooth", "wtt_8", "db8", KEPT),
    }
    return [
        Claim(
            name=name,
            statement=f"Signals {case}: {better} leaves at most the error of {worse} with equally many coefficients.",
            source=OURS,
            measured=(_error(better, x=x, case=case),),
            reference=_error(worse, x=x, case=case),
            relation="at most",
            needs=(Size(case=case, quantity="signals", at_least=SIGNALS, method="db2"),),
        )
        for name, (case, better, worse, x) in pairs.items()
    ]
