"""What the lecture and we claim of residual learning, as comparisons of table rows."""

from mlsim.claims import Claim, claim, needs, quantity

LECTURE = 'the lecture: "We learn residual connection. Motivated by multigrid!"'
MGNET = "He, Xu, arXiv:1901.10415: a linear MgNet is multigrid"
HE = "He, Zhang, Ren, Sun, arXiv:1512.03385: plain networks degrade with depth, residual ones do not"
TOEPLITZ = 'the lecture: "Toeplitz matrices for W", "useful to work with piecewise-smooth objects"'
OURS = "ours, beside the lecture"
CORRECTION = needs("nlse_1d", training_steps=1000, trained_seeds=3, of="residual")
FEW, MANY = (1, 2, 4, 8, 16, 32, 64), 1024


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_corrections(), *_classical(), *_depth(), *_toeplitz()]


def _corrections() -> list[Claim]:
    direct_ratio = quantity("nlse_1d", "direct_error_over_own", x=8)
    return [
        claim("mgnet_zero_is_the_v_cycle", MGNET, needs("mgnet", largest_grid=31, of="closed_form"))(
            "2-D Poisson, 15 and 31 nodes per side: a linear MgNet with fixed weights and coarse levels started from "
            "zero equals a multigrid V(2,2)-cycle up to rounding.",
            quantity("mgnet", "difference_from_v_cycle", x=(15, 31))("mgnet_zero").at_most(0, within=1e-13),
        ),
        claim("residual_is_ten_times_better_than_direct", LECTURE, CORRECTION)(
            "Ground states, coarse grid 8 times coarser: the network that learns the correction of the interpolated "
            "coarse solution has at most a tenth of the error of one that learns the solution.",
            direct_ratio("residual") >= 10,
        ),
        claim("residual_is_five_times_better_than_the_coarse_solve", LECTURE, CORRECTION)(
            "Ground states, coarse grid 8 times coarser: the network that learns the correction of the interpolated "
            "coarse solution has at most a fifth of the error of the coarse solution.",
            quantity("nlse_1d", "coarse_error_over_own", x=8)("residual") >= 5,
        ),
        claim("residual_beats_direct_on_every_coarse_grid", LECTURE, CORRECTION)(
            "Ground states, coarse grids 2, 4, 8, 16 times coarser: the network that learns the correction of the "
            "coarse solution has at most a quarter of the error of one that learns the solution.",
            direct_ratio("residual", x=(2, 4, 8, 16)) >= 4,
        ),
        claim("residual_at_16_is_below_the_coarse_solve_at_8", LECTURE, CORRECTION)(
            "Ground states: the network that corrects a solution on a 16 times coarser grid has at most the error of "
            "the solution on an 8 times coarser grid.",
            quantity("nlse_1d", "finer_coarse_error_over_own", x=16)("residual") >= 1,
        ),
    ]


def _classical() -> list[Claim]:
    error = quantity("nlse_1d", "test_error")
    return [
        claim("richardson_wins_at_4", OURS, CORRECTION)(
            "Ground states, coarse grid 4 times coarser: Richardson extrapolation of two coarse solutions has at "
            "most the error of the network that corrects one.",
            error("richardson", x=4) <= error("residual", x=4),
        ),
        claim("coarse_solve_at_2_needs_no_network", OURS, CORRECTION)(
            "Ground states: interpolation from a grid 2 times coarser, without a network, has an error of at most "
            "2e-4.",
            error("coarse_solve", x=2) <= 2e-4,
        ),
    ]


def _depth() -> list[Claim]:
    enough = {m: needs("depth", training_steps=300, trained_seeds=3, of=m) for m in ("plain", "plain_he", "skip")}
    over_shallower = quantity("depth", "train_error_over_shallower", x=34)
    below_plain = quantity("depth", "plain_train_error_over_own", x=34)
    return [
        claim("plain_degrades", HE, enough["plain"])(
            "Ground states, 300 or more training steps: a plain network of 34 convolutions with torch's initial "
            "weights has at least 1.5 times the training error of one of 6.",
            quantity("depth", "train_error_over_shallowest", x=34)("plain") >= 1.5,
        ),
        claim("plain_he_degrades", HE, enough["plain_he"])(
            "Ground states, 300 or more training steps: a plain network of 34 convolutions with the initial weights "
            "of He et al. has at least 1.2 times the training error of the best shallower one.",
            over_shallower("plain_he") >= 1.2,
        ),
        claim("skips_train_where_plain_does_not", HE, enough["skip"])(
            "Ground states, 300 or more training steps: a network of 34 convolutions with skips has at most 0.8 of "
            "the training error of a plain one with torch's initial weights.",
            below_plain("skip") >= 1.25,
        ),
        claim("skips_beat_plain_he", HE, enough["skip"])(
            "Ground states, 300 or more training steps: a network of 34 convolutions with skips has at most 0.8 of "
            "the training error of a plain one with the initial weights of He et al.",
            quantity("depth", "plain_he_train_error_over_own", x=34)("skip") >= 1.25,
        ),
        claim("mgnet_trains_where_plain_does_not", HE, needs("depth", training_steps=300, trained_seeds=1, of="mgnet"))(
            "Ground states, 300 or more training steps: MgNet, whose blocks share a convolution, has at 34 "
            "convolutions at most 0.8 of the training error of a plain network with torch's initial weights.",
            below_plain("mgnet") >= 1.25,
        ),
        claim("skips_gain_from_depth", HE, enough["skip"])(
            "Ground states, 300 or more training steps: a network of 34 convolutions with skips has at most the "
            "training error of every shallower network with skips.",
            over_shallower("skip") <= 1,
        ),
    ]


def _toeplitz() -> list[Claim]:
    smooth, elsewhere, variable = (
        quantity(case, "test_error") for case in ("toeplitz", "toeplitz_elsewhere", "toeplitz_variable")
    )
    short, dense = "convolution", "dense_matrix"
    return [
        claim("convolution_needs_fewer_samples", TOEPLITZ, needs("toeplitz", training_samples=MANY))(
            "Denoising piecewise-smooth functions, 1 to 64 training functions: a short convolution fitted by least "
            "squares has at most the test error of a dense matrix.",
            smooth(short, x=FEW) <= smooth(dense, x=FEW),
        ),
        claim("convolution_transfers_to_jumps_elsewhere", TOEPLITZ, needs("toeplitz_elsewhere", training_samples=MANY))(
            "Denoising functions that jump anywhere, 1 to 64 and 1,024 training functions that jump in one half: a "
            "short convolution has at most the test error of a dense matrix.",
            elsewhere(short, x=(*FEW, MANY)) <= elsewhere(dense, x=(*FEW, MANY)),
        ),
        claim("dense_wins_without_shift_invariance", OURS, needs("toeplitz_variable", training_samples=MANY))(
            "Denoising functions times a varying coefficient, 1,024 training functions: a dense matrix fitted by "
            "least squares has at most the test error of a short convolution.",
            variable(short, x=MANY) >= variable(dense, x=MANY),
        ),
    ]
