"""Registered quantities of the tables."""

from mlsim.quantities import Quantity

QUANTITIES = {
    "accuracy": Quantity("percent", "pixels equal to those of the final binary design, mean over problems", "larger"),
    "iou": Quantity(
        "percent", "intersection over union with the final design, mean over classes and problems", "larger"
    ),
    "volume_error": Quantity("percent", "absolute relative error of the volume, mean over problems", "smaller"),
    "volume_excess": Quantity("percent", "signed relative error of the volume, mean over problems"),
    "disconnected": Quantity("percent", "designs in which a load is cut off or material floats", "smaller"),
    "compliance_ratio": Quantity("1", "compliance over that of the final design, median over problems", "smaller"),
    "gain": Quantity(
        "percent", "accuracy minus that of thresholding on the same problems (percentage points)", "larger"
    ),
    "gain_lower": Quantity("percent", "2.5 % quantile of the paired bootstrap of the gain", "larger"),
    "problems": Quantity("1", "number of problems"),
    "training_samples": Quantity("1", "number of training samples"),
}
