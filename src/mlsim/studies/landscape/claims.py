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
            "Ten times one layer and a tenth of the next leave a ReLU network's function unchanged, but multiply the "
            "largest eigenvalue of the Hessian by at least five.",
            quantity("relu", "sharpness_ratio", x=10)("hessian") >= 5,
        ),
        claim("normalised_curves_do_see_the_scale_of_neurons", LI, trained)(
            "Where each neuron of a ReLU network is scaled by a separate factor, the filter-normalised curve changes "
            "by more than a hundredth.",
            quantity("relu", "curve_change_by_neuron")("filter_normalised") >= 0.01,
        ),
    ]


def _surfaces() -> list[Claim]:
    enough = _trained("skip", steps=300, seeds=7) + _trained("plain", steps=300, seeds=7)
    rise, level = quantity("skip", "chance_of_less_rise"), 0.05 / 3
    return [
        claim("skips_flatten_the_surroundings", COMPLICATED, enough)(
            "With skips, and the smaller initial weights that they allow, the loss rises less within the whole reach "
            "of filter-normalised directions; sign test over the seeds, 5 percent for the three tests of skips "
            "together.",
            rise("sign_test", x=1) <= level,
        ),
        claim("skips_flatten_the_neighbourhood", EXPECTED, enough)(
            "With skips and smaller initial weights the loss rises less within half of the reach of filter-normalised "
            "directions; sign test over the seeds, 5 percent for the three tests of skips together.",
            rise("sign_test", x=0.5) <= level,
        ),
        claim("skips_make_less_sharp", EXPECTED, enough)(
            "With skips and smaller initial weights the largest eigenvalue of the Hessian is smaller after training "
            "at the same learning rate; sign test over the seeds, 5 percent for the three tests of skips together.",
            quantity("skip", "chance_of_less_sharpness")("sign_test") <= level,
        ),
    ]


def _conditions() -> list[Claim]:
    enough = _trained("pinn", steps=500, seeds=7) + _trained("data_fit", steps=500, seeds=7)
    level = 0.05 / 6
    return [
        claim("equation_is_worse_conditioned", EXPECTED, enough)(
            "For the loss of the Poisson equation the first eigenvalue over the 10th, the 20th and the 40th is at "
            "least one decade above that of the data fit, in the mean.",
            quantity("pinn", "decades_of_condition_over_data_fit", x=(10, 20, 40))("adam") >= 1,
        ),
        claim("equation_is_sharper", OURS, enough)(
            "For one network and one Poisson problem the loss of the equation is sharper than that of the data fit; "
            "sign test over the seeds, 5 percent for all six tests of the two losses.",
            quantity("pinn", "chance_of_more_sharpness")("sign_test") <= level,
        ),
        claim("equation_is_better_conditioned_in_few_directions", OURS, enough)(
            "For the loss of the Poisson equation the first eigenvalue over the 10th is smaller than for the data "
            "fit; sign test over the seeds, added after a first measurement had shown it.",
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
            "Gradient descent on the equation diverges from every seed at learning rates of 1 and 3.",
            diverged("descent") >= 100,
        ),
        claim("descent_never_arrives", SENSITIVE, enough["pinn", "descent"])(
            "At no learning rate and from no seed does gradient descent solve the equation to one percent within the "
            "budget, that of Adam.",
            pinn("descent") <= 0,
        ),
        claim("adam_arrives_from_every_seed_at_good_rates", SENSITIVE, enough["pinn", "adam"])(
            "Adam solves the equation to one percent from every seed at learning rates from 0.01 to 0.1, at one of "
            "its evaluations at least.",
            reached("adam") >= 100,
        ),
        claim("adam_fails_from_every_seed_at_bad_rates", SENSITIVE, enough["pinn", "adam"])(
            "At learning rates of 1 and 3 Adam solves the equation to one percent from no seed.",
            reached("adam", x=(1, 3)) <= 0,
        ),
        claim("data_fit_misses_in_half_of_all_trainings", SENSITIVE, enough["data_fit", "adam"])(
            "Fitting the known solution by the network of the equation, Adam misses one percent in half of all "
            "trainings or more.",
            data_fit("adam") <= 50,
        ),
    ]


def _slow() -> list[Claim]:
    trained_error, direct_error = quantity("mnn_h", "error_at_shown_rate"), quantity("mnn_h", "error")
    pinn, mnn_h = _trained("pinn", steps=500), _trained("mnn_h", steps=300)
    return [
        claim("tridiagonal_solve_wins", SLOW, pinn)(
            "A tridiagonal solve reaches one percent with less than a thousandth of the operations that the "
            "equation's network needs for its evaluations alone.",
            quantity("pinn", "operations_over_direct")("adam") >= 1000,
        ),
        claim("kernel_wins_on_ground_states", SLOW, mnn_h)(
            "Kernel ridge regression reaches ten percent on ground states with less than a tenth of the operations of "
            "MNN-H, the choice of its length scale included.",
            quantity("mnn_h", "operations_over_direct")("adam") >= 10,
        ),
        claim("kernel_is_more_accurate", OURS, mnn_h)(
            "Kernel ridge regression is at least as accurate on ground states as the trained MNN-H.",
            trained_error("adam") >= direct_error("kernel_ridge"),
        ),
        claim("coarse_solve_is_more_accurate", OURS, mnn_h)(
            "The equation solved on every second point is at least as accurate on ground states as the trained MNN-H.",
            trained_error("adam") >= direct_error("coarse_solve"),
        ),
    ]


def _games() -> list[Claim]:
    enough = _trained("gan", steps=300, of="game") + _trained("gan_penalised", steps=300, of="game")
    plain, penalised = (quantity(case, "rotation")("game") for case in ("gan", "gan_penalised"))
    return [
        claim("trained_game_repels", OURS, enough)(
            "A GAN trained without a gradient penalty ends where some directions repel, with real parts below -0.1 in "
            "the mean over the seeds.",
            quantity("gan", "attraction")("game") <= -0.1,
        ),
        claim("penalty_leaves_weak_repulsion", OURS, enough)(
            "A GAN trained with a gradient penalty ends from every seed where no real part is below -0.02.",
            quantity("gan_penalised", "attraction_of_all")("game") >= -0.02,
        ),
        claim("penalty_slows_the_rotation", OURS, enough)(
            "The fastest rotation around the end of training is no faster with a gradient penalty than without one.",
            penalised <= plain,
        ),
    ]
