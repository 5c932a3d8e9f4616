"""What can be configured in the study of the oscillator."""

from typing import Annotated

from msgspec import Meta

from mlsim.config import Count, Named, Positive, Section, Seed, Seeds, enabled, require_distinct, require_enabled


class Sampling(Section):
    """Random motions."""

    starts: Annotated[int, Meta(ge=4)]  # one half for training, one for testing
    time: Positive  # between start and end


class Training(Section):
    """Budget of all networks."""

    steps: Count  # of Adam
    rate: Positive  # learning rate


class Variant(Section):
    """One network: a linear map."""

    bias: bool = False  # whether a constant is added
    enabled: bool = True  # false omits the variant


class Run(Section):
    """What one training job depends on."""

    training: Training
    variant: Variant


class Settings(Section):
    """The whole section ``oscillator``."""

    seed: Seed  # of the motions
    seeds: Seeds  # one training each
    sampling: Sampling
    training: Training
    variants: Named[Variant]

    def __post_init__(self) -> None:
        require_distinct(self, "seeds")
        require_enabled(self, "variants")

    @property
    def enabled(self) -> dict[str, Variant]:
        """The variants to train."""
        return enabled(self.variants)

    def run(self, variant: str) -> Run:
        """Settings of one training job and of its evaluation."""
        return Run(training=self.training, variant=self.enabled[variant])
