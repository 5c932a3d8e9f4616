"""What the study claims of wavelets as architecture, as comparisons of table rows."""

from mlsim.claims import Claim, claim, needs, quantity
from mlsim.studies.wavelets.settings import ENSEMBLES

OURS = "ours; the lecture names no source for its slide on wavelets"
BCR_NET = "Fan, Orozco Bohorquez, Ying, arXiv:1810.08754"
TENSOR_TRAIN = "Oseledets, Tyrtyshnikov, SIAM J. Sci. Comput. 33 (2011) 1315"
BANDS = (1, 2, 3, 4, 5, 6)
KEPT = (4, 8, 16, 32, 64)
SIGNALS = {
    "smooth": "Smooth random signals",
    "piecewise_smooth": "Piecewise-smooth random signals",
    "ground_states": "Nonlinear Schroedinger ground states",
}
METHODS = {
    "principal_components": "principal components",
    "lattice_16": "learned orthonormal filters of length 16",
    "db4": "Daubechies wavelets of 4 moments",
    "db8": "Daubechies wavelets of 8 moments",
    "wtt_8": "wavelet tensor trains of rank 8",
}


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_bands(), *_learned(), *_compression()]


def _bands() -> list[Claim]:
    error = quantity("logarithm", "relative_error")
    points = {worse: needs("logarithm", points=320, of=worse) for worse in ("bcr_net", "haar", "db3", "db5")}
    return [
        claim("linear_network_is_the_banded_form", BCR_NET, points["bcr_net"])(
            "Logarithmic kernel, bands of half-width 1 to 5: BCR-Net with one channel, no ReLU and the bands of the "
            "nonstandard form as weights equals the banded product up to rounding.",
            quantity("logarithm", "difference_from_form", x=BANDS[:5])("bcr_net").at_most(0, within=1e-12),
        ),
        claim("haar_is_worse_than_db3", OURS, points["haar"])(
            "Logarithmic kernel, nonstandard form with bands of half-width 2 to 6: the Haar wavelet has a larger "
            "error than the Daubechies wavelet of 3 moments.",
            error("haar", x=BANDS[1:]) > error("db3", x=BANDS[1:]),
        ),
        claim("db5_is_worse_in_narrow_bands", OURS, points["db5"])(
            "Logarithmic kernel, nonstandard form with bands of half-width 2 to 4: the Daubechies wavelet of 5 "
            "moments has a larger error than that of 3 moments.",
            error("db5", x=BANDS[1:4]) > error("db3", x=BANDS[1:4]),
        ),
        claim("db5_is_better_in_wide_bands", OURS, points["db3"])(
            "Logarithmic kernel, nonstandard form with bands of half-width 5 and 6: the Daubechies wavelet of 3 "
            "moments has a larger error than that of 5 moments.",
            error("db3", x=BANDS[4:]) > error("db5", x=BANDS[4:]),
        ),
        claim("symmetric_filters_are_better", OURS, points["db5"])(
            "Logarithmic kernel, nonstandard form with bands of half-width 2 to 6: the Daubechies wavelet of 5 "
            "moments has a larger error than the symlet of 5 moments.",
            error("db5", x=BANDS[1:]) > error("sym5", x=BANDS[1:]),
        ),
    ]


def _learned() -> list[Claim]:
    learned, start = (quantity("logarithm", f"{name}transfer_error", x=BANDS[:3]) for name in ("", "start_"))
    trained = needs("logarithm", training_steps=50)
    return [
        claim("learned_filters_transfer", OURS, trained, needs("logarithm", points=320, of="db3"))(
            "Logarithmic kernel, bands of half-width 1 to 3: filters learned from the Daubechies wavelet of 3 "
            "moments have at most its error on twice as many points.",
            learned("learned_db3") <= start("learned_db3"),
        ),
        *(
            claim(f"random_filters_become_db2_{ensemble}", OURS, needs(ensemble, training_steps=50))(
                f"{SIGNALS[ensemble]}: orthonormal filters of length 4 learned from random coefficients come within "
                "0.01 of the Daubechies filter of 2 moments or its mirror.",
                quantity(ensemble, "distance_from_random_start", x=4)("lattice").at_most(0, within=1e-2),
            )
            for ensemble in ENSEMBLES
        ),
        *(
            claim(f"lattice_leaves_less_than_penalty_{ensemble}", OURS, needs(ensemble, signals=100, of="db2"))(
                f"{SIGNALS[ensemble]}, 64 coefficients: learned orthonormal filters of length 8 leave a smaller error "
                "than filters of length 8 learned with a penalty for orthonormality.",
                quantity(ensemble, "relative_error", x=64)("penalty_8")
                > quantity(ensemble, "relative_error", x=64)("lattice_8"),
            )
            for ensemble in ENSEMBLES[:2]  # on ground states no step with the penalty improved on Daubechies' filters
        ),
    ]


def _compression() -> list[Claim]:
    coefficients = quantity("powers", "coefficients", x=(1, 2, 3))
    pairs = {
        "components_win_on_ground_states": ("ground_states", "principal_components", "lattice_16", KEPT[1:]),
        "wavelets_win_at_jumps": ("piecewise_smooth", "db4", "principal_components", KEPT[3:]),
        "tensor_train_wins_on_smooth": ("smooth", "wtt_8", "db8", KEPT),
    }
    return [
        claim("tensor_train_is_no_denser", TENSOR_TRAIN, needs("powers", points=256))(
            "Powers t^p, p = 1, 2, 3: the wavelet tensor train learned from 1, ..., t^p gives t^p at most as many "
            "coefficients as Daubechies wavelets of p + 1 moments.",
            coefficients("wtt") <= coefficients("daubechies"),
        ),
        *(
            claim(name, OURS, needs(case, signals=100, of="db2"))(
                f"{SIGNALS[case]}, {x[0]} to {x[-1]} coefficients: {METHODS[better]} leave at most the error "
                f"of {METHODS[worse]}.",
                quantity(case, "relative_error", x=x)(better) <= quantity(case, "relative_error", x=x)(worse),
            )
            for name, (case, better, worse, x) in pairs.items()
        ),
    ]
