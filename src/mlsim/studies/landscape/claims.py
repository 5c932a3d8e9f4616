"""What the lecture and we claim of loss surfaces, as comparisons of table rows."""

from mlsim.claims import Claim, Size, claim, needs, quantity

SLOW = 'the lecture: "Learning can be slow"'
SENSITIVE = 'the lecture: "Sensitive to hyperparameters (may not converge in many cases)"'
COMPLICATED = 'the lecture: "Loss surfaces can be really complicated"'
LI = "Li et al., arXiv:1712.09913: filter normalisation removes the scale of the weights"
OURS = "ours, beside the lecture"
EXPECTED = "ours, an expectation from before the measurement"


def claims() -> list[Claim]:
    """The study's claims."""
    return [*_rescaled(), *_surfaces(), *_conditions(), *_sensitive(), *_slow(), *_games()]


def _trained(case: str, *, steps: int, of: str = "adam", seeds: int = 3) -> tuple[Size, ...]:
    return needs(case, training_steps=steps, trained_seeds=seeds, of=of)


def _rescaled() -> list[Claim]:
    trained = _trained("relu", steps=300)
    return [
        claim("sharpness_is_no_property_of_the_function", LI, trained)(
            "ReLU network with one layer multiplied by 10 and the next divided by 10, an unchanged function: the "
            "largest eigenvalue of the Hessian grows at least fivefold.",
            quantity("relu", "sharpness_ratio", x=10)("hessian") >= 5,
        ),
        claim("normalised_curves_do_see_the_scale_of_neurons", LI, trained)(
            "ReLU network, the same function with a scale for each neuron: filter-normalised curves change by at "
            "least 1 percent.",
            quantity("relu", "curve_change_by_neuron")("filter_normalised") >= 0.01,
        ),
    ]


def _surfaces() -> list[Claim]:
    enough = _trained("skip", steps=300, seeds=7) + _trained("plain", steps=300, seeds=7)
    rise, level = quantity("skip", "chance_of_less_rise"), 0.05 / 3
    return [
        claim("skips_flatten_the_surroundings", COMPLICATED, enough)(
            "With skips and small initial weights the loss of a deep CNN rises less within the full radius of "
            "filter-normalised directions than without skips (sign test over seeds, p at most 0.05/3).",
            rise("sign_test", x=1) <= level,
        ),
        claim("skips_flatten_the_neighbourhood", EXPECTED, enough)(
            "With skips and small initial weights the loss of a deep CNN rises less within half of the radius of "
            "filter-normalised directions than without skips (sign test over seeds, p at most 0.05/3).",
            rise("sign_test", x=0.5) <= level,
        ),
        claim("skips_make_less_sharp", EXPECTED, enough)(
            "With skips and small initial weights the largest Hessian eigenvalue of a deep CNN after training is "
            "smaller than without skips (sign test over seeds, p at most 0.05/3).",
            quantity("skip", "chance_of_less_sharpness")("sign_test") <= level,
        ),
    ]


def _conditions() -> list[Claim]:
    enough = _trained("pinn", steps=500, seeds=7) + _trained("data_fit", steps=500, seeds=7)
    level = 0.05 / 6
    return [
        claim("equation_is_worse_conditioned", EXPECTED, enough)(
            "The physics-informed loss (PINN) of -u'' = f has condition numbers lambda_1/lambda_k, k = 10, 20, 40, "
            "at least 10 times those of regression on the known solution (geometric mean over seeds).",
            quantity("pinn", "decades_of_condition_over_data_fit", x=(10, 20, 40))("adam") >= 1,
        ),
        claim("equation_is_sharper", OURS, enough)(
            "The physics-informed loss (PINN) of -u'' = f is sharper (largest Hessian eigenvalue) than regression on "
            "the known solution (sign test over seeds, p at most 0.05/6).",
            quantity("pinn", "chance_of_more_sharpness")("sign_test") <= level,
        ),
        claim("equation_is_better_conditioned_in_few_directions", OURS, enough)(
            "The physics-informed loss (PINN) of -u'' = f has a smaller condition number lambda_1/lambda_10 than "
            "regression on the known solution (sign test, p at most 0.05/6, added after a measurement).",
            quantity("pinn", "chance_of_less_condition", x=10)("sign_test") <= level,
        ),
    ]


def _sensitive() -> list[Claim]:
    diverged, reached = quantity("pinn", "diverged", x=(1, 3)), quantity("pinn", "reached", x=(0.01, 0.03, 0.1))
    pinn, data_fit = (quantity(case, "reached_of_all") for case in ("pinn", "data_fit"))
    enough = {
        (case, method): _trained(case, steps=400, of=method, seeds=5) + needs(case, rates=7, of=method)
        for case, method in (("pinn", "descent"), ("pinn", "adam"), ("data_fit", "adam"))
    }
    return [
        claim("descent_diverges_at_large_rates", SENSITIVE, enough["pinn", "descent"])(
            "Physics-informed loss (PINN) of -u'' = f: gradient descent at learning rates 1 and 3 diverges from "
            "every seed.",
            diverged("descent") >= 100,
        ),
        claim("descent_never_arrives", SENSITIVE, enough["pinn", "descent"])(
            "Physics-informed loss (PINN) of -u'' = f: gradient descent, with as many steps as Adam, reaches a "
            "relative error of 1 percent at no learning rate and from no seed.",
            pinn("descent") <= 0,
        ),
        claim("adam_arrives_from_every_seed_at_good_rates", SENSITIVE, enough["pinn", "adam"])(
            "Physics-informed loss (PINN) of -u'' = f: at learning rates of 0.01, 0.03 and 0.1 Adam reaches a "
            "relative error of 1 percent at some evaluation from every seed.",
            reached("adam") >= 100,
        ),
        claim("adam_fails_from_every_seed_at_bad_rates", SENSITIVE, enough["pinn", "adam"])(
            "Physics-informed loss (PINN) of -u'' = f: Adam at learning rates 1 and 3 reaches 1 percent error from "
            "no seed.",
            reached("adam", x=(1, 3)) <= 0,
        ),
        claim("data_fit_misses_in_half_of_all_trainings", SENSITIVE, enough["data_fit", "adam"])(
            "Regression on the known solution of -u'' = f: Adam reaches a relative error of 1 percent in at most "
            "half of all trainings over learning rates and seeds.",
            data_fit("adam") <= 50,
        ),
    ]


def _slow() -> list[Claim]:
    trained_error, direct_error = quantity("mnn_h", "error_at_shown_rate"), quantity("mnn_h", "error")
    pinn, mnn_h = _trained("pinn", steps=500), _trained("mnn_h", steps=300)
    return [
        claim("tridiagonal_solve_wins", SLOW, pinn)(
            "Solving -u'' = f to 1 percent: the PINN with Adam costs at least 1,000 times the operations of a "
            "tridiagonal solve.",
            quantity("pinn", "operations_over_direct")("adam") >= 1000,
        ),
        claim("kernel_wins_on_ground_states", SLOW, mnn_h)(
            "Potential to ground state, to 10 percent: MNN-H trained by Adam costs at least 10 times the operations "
            "of kernel ridge regression, including the choice of its length scale.",
            quantity("mnn_h", "operations_over_direct")("adam") >= 10,
        ),
        claim("kernel_is_more_accurate", OURS, mnn_h)(
            "Potential to ground state: kernel ridge regression has at most the relative error of the trained MNN-H.",
            trained_error("adam") >= direct_error("kernel_ridge"),
        ),
        claim("coarse_solve_is_more_accurate", OURS, mnn_h)(
            "Potential to ground state: solving on every second point has at most the relative error of the trained "
            "MNN-H.",
            trained_error("adam") >= direct_error("coarse_solve"),
        ),
    ]


def _games() -> list[Claim]:
    enough = _trained("gan", steps=300, of="game") + _trained("gan_penalised", steps=300, of="game")
    plain, penalised = (quantity(case, "rotation")("game") for case in ("gan", "gan_penalised"))
    return [
        claim("trained_game_repels", OURS, enough)(
            "GAN without a gradient penalty: the game Jacobian at the end of training has an eigenvalue with real "
            "part at most -0.1, in the mean over seeds.",
            quantity("gan", "attraction")("game") <= -0.1,
        ),
        claim("penalty_leaves_weak_repulsion", OURS, enough)(
            "GAN with a gradient penalty: the game Jacobian at the end of training has, for every seed, no "
            "eigenvalue with real part below -0.02.",
            quantity("gan_penalised", "attraction_of_all")("game") >= -0.02,
        ),
        claim("penalty_slows_the_rotation", OURS, enough)(
            "GAN: the largest imaginary part of the eigenvalues of the game Jacobian at the end of training is with "
            "a gradient penalty at most that without one.",
            penalised <= plain,
        ),
    ]
