"""What the study claims of wavelets as architecture, as comparisons of table rows."""

from mlsim.claims import Claim, claim, needs, quantity
from mlsim.studies.wavelets.settings import ENSEMBLES

OURS = "ours; the lecture names no source for its slide on wavelets"
BCR_NET = "Fan, Orozco Bohorquez, Ying, arXiv:1810.08754"
TENSOR_TRAIN = "Oseledets, Tyrtyshnikov, SIAM J. Sci. Comput. 33 (2011) 1315"
BANDS = (1, 2, 3, 4, 5, 6)
KEPT = (4, 8, 16, 32, 64)


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_bands(), *_learned(), *_compression()]


def _bands() -> list[Claim]:
    error = quantity("logarithm", "relative_error")
    points = {worse: needs("logarithm", points=320, of=worse) for worse in ("bcr_net", "haar", "db3", "db5")}
    return [
        claim("linear_network_is_the_banded_form", BCR_NET, points["bcr_net"])(
            "BCR-Net with one channel, no ReLU and the bands as weights is the banded product up to rounding.",
            quantity("logarithm", "difference_from_form", x=BANDS[:5])("bcr_net").at_most(0, within=1e-12),
        ),
        claim("haar_is_worse_than_db3", OURS, points["haar"])(
            "From a band of two on the error of Haar's wavelet is above that of db3.",
            error("haar", x=BANDS[1:]) > error("db3", x=BANDS[1:]),
        ),
        claim("db5_is_worse_in_narrow_bands", OURS, points["db5"])(
            "In bands of 2 to 4 the error of db5 is above that of db3: its support is longer than the band.",
            error("db5", x=BANDS[1:4]) > error("db3", x=BANDS[1:4]),
        ),
        claim("db5_is_better_in_wide_bands", OURS, points["db3"])(
            "In bands of 5 and 6 the error of db3 is above that of db5.",
            error("db3", x=BANDS[4:]) > error("db5", x=BANDS[4:]),
        ),
        claim("symmetric_filters_are_better", OURS, points["db5"])(
            "From a band of two on the error of db5 is above that of sym5, as long and with as many moments.",
            error("db5", x=BANDS[1:]) > error("sym5", x=BANDS[1:]),
        ),
    ]


def _learned() -> list[Claim]:
    learned, start = (quantity("logarithm", f"{name}transfer_error", x=BANDS[:3]) for name in ("", "start_"))
    trained = needs("logarithm", training_steps=50)
    return [
        claim("learned_filters_transfer", OURS, trained, needs("logarithm", points=320, of="db3"))(
            "Filters learned for the logarithm keep a smaller error than db3 on twice as many points.",
            learned("learned_db3") <= start("learned_db3"),
        ),
        *(
            claim(f"random_filters_become_db2_{ensemble}", OURS, needs(ensemble, training_steps=50))(
                f"Signals {ensemble}: four random coefficients converge to within a hundredth of db2 or its mirror.",
                quantity(ensemble, "distance_from_random_start", x=4)("lattice").at_most(0, within=1e-2),
            )
            for ensemble in ENSEMBLES
        ),
        *(
            claim(f"lattice_leaves_less_than_penalty_{ensemble}", OURS, needs(ensemble, signals=100, of="db2"))(
                f"Signals {ensemble}: with 64 coefficients kept, learned lattice filters of length 8 leave a smaller "
                "error than filters of length 8 learned with the penalty.",
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
            "The wavelet tensor train learned from 1, ..., x^p gives x^p no more coefficients than Daubechies' "
            "wavelets with p + 1 moments.",
            coefficients("wtt") <= coefficients("daubechies"),
        ),
        *(
            claim(name, OURS, needs(case, signals=100, of="db2"))(
                f"Signals {case}: {better} leaves at most the error of {worse} with equally many coefficients.",
                quantity(case, "relative_error", x=x)(better) <= quantity(case, "relative_error", x=x)(worse),
            )
            for name, (case, better, worse, x) in pairs.items()
        ),
    ]
