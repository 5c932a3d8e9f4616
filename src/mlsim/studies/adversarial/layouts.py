"""The lecture's table in its own layout, and its mean.

Rows are the tested networks, columns the source networks. The lecture does not say which are which: it is inferred from
a published repetition that does and has the same pattern.
"""

from mlsim.studies.adversarial.settings import CONTROL
from mlsim.tables import CaseLayout, Mean

NETWORKS = {"vgg16": "VGG-16", "vgg19": "VGG-19", "resnet50": "ResNet50"}
NORM = 10.0


def layouts() -> dict[str, CaseLayout]:
    """Tables in the paper's layout, by file name."""
    return {
        "transfer": CaseLayout(
            cases={f"tested_on_{name}": title for name, title in NETWORKS.items()},
            quantity="fooling_rate",
            label="tested on (rows) / constructed on (columns): inferred",
            methods={
                **{f"singular_vector_from_{name}": title for name, title in NETWORKS.items()},
                CONTROL: "random signs",
            },
            x=NORM,
        )
    }


def means() -> list[Mean]:
    """The mean of the table's nine entries, which varies less between repetitions than single entries do."""
    nine = [(f"tested_on_{tested}", f"singular_vector_from_{source}") for tested in NETWORKS for source in NETWORKS]
    return [
        Mean(
            case="transfer",
            method="singular_vector",
            quantity="mean_fooling_rate",
            x=NORM,
            members=nine,
            of="fooling_rate",
        )
    ]
