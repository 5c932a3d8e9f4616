"""Registered quantities of the tables."""

from mlsim.quantities import Quantity

QUANTITIES = {
    "fooling_rate": Quantity("1", "fraction of images whose class the perturbation changes"),
    "mean_fooling_rate": Quantity("1", "fooling_rate, mean over the entries of the lecture's table"),
    "fooled_of_correct": Quantity("1", "fooling_rate among the correctly classified images"),
    "excess": Quantity("1", "fooling_rate minus that of random signs of the same norm"),
    "excess_low": Quantity("1", "2.5 % quantile of the bootstrap of excess over images and seeds"),
    "excess_high": Quantity("1", "97.5 % quantile of the bootstrap of excess over images and seeds"),
    "over_random": Quantity("1", "fooling_rate over that of random signs of the same norm"),
    "relative_norm": Quantity("1", "norm of the perturbation over that of the image, mean over images", "smaller"),
    "step_share": Quantity("1", "chosen step length of the gradient ascent, in norms of the perturbation"),
    "gain": Quantity("1", "singular value over the norm of the layer's values"),
    "rank_correlation": Quantity("1", "Spearman correlation of gain and fooling_rate over layers and seeds"),
    "chosen_q": Quantity("1", "exponent q chosen on the selection images"),
    "test_accuracy": Quantity("1", "fraction of test images that are classified correctly", "larger"),
    "test_images": Quantity("1", "number of test images"),
    "construction_images": Quantity("1", "number of images from which perturbations are constructed"),
    "pixels": Quantity("1", "pixels per side"),
    "training_steps": Quantity("1", "number of training steps"),
}
