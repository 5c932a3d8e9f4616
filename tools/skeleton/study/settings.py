"""What can be configured in the study of the oscillator."""

from typing import Annotated

from mlsim.config import Section, Study, WithEnabled
from mlsim.types import Count, Meta, Positive


class Sampling(Section):
    """Random motions."""

    starts: Annotated[int, Meta(ge=4)]  # one half for training, one for testing
    time: Positive  # between start and end


class Training(Section):
    """Budget of all networks."""

    steps: Count  # of Adam
    rate: Positive  # learning rate


class Variant(WithEnabled):
    """One network: a linear map."""

    bias: bool = False  # whether a constant is added


class Run(Section):
    """What one training job depends on."""

    training: Training
    variant: Variant


class Settings(Study[Variant]):
    """The section ``oscillator``."""

    sampling: Sampling
    training: Training
