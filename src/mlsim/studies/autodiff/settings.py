"""What can be configured in the study of automatic differentiation."""

from typing import Annotated

from msgspec import Meta

from mlsim.config import AtLeast2, Count, Named, NonEmpty, Section, Seed, require

SCALAR_CODES = ("speelpenning", "fibonacci_chain", "scalar_burgers", "scalar_n_body", "scalar_fem")
LONGEST_CHAIN = 40
ARRAY_CODES = ("burgers", "n_body", "fem", "eigenvalue", "mlp")
STEPPING = ("scalar_burgers", "scalar_n_body", "burgers", "n_body")

Step = Annotated[float, Meta(gt=0, le=1e-2, description="positive, at most 0.01")]


class Code(Section):
    """One code that is differentiated."""

    # of speelpenning factors, fibonacci_chain operations, burgers and bars cells, n_body bodies, fem inner nodes per
    # side, eigenvalue rows of the matrix, mlp units per hidden layer
    sizes: NonEmpty[AtLeast2]
    steps: Annotated[int, Meta(ge=0)] = 0  # time steps; only for codes that step in time

    def __post_init__(self) -> None:
        self.require_increasing("sizes")


class RandomPrograms(Section):
    """Random scalar programs."""

    programs: Count  # number of programs
    inputs: Count  # of each program
    lines: Count  # of each program: instructions of up to three operations


class ScalarSampling(Section):
    """What the data set of the scalar codes depends on."""

    scalar_codes: Named[Code]
    random_programs: RandomPrograms
    directions: Count

    def __post_init__(self) -> None:
        _check_codes("scalar_codes", self.scalar_codes, names=SCALAR_CODES)
        longest = self.scalar_codes["fibonacci_chain"].sizes[-1]
        allowed = f"at most {LONGEST_CHAIN}: derivatives of longer chains lose all digits"
        self.require(longest <= LONGEST_CHAIN, "scalar_codes.fibonacci_chain.sizes", value=longest, allowed=allowed)


class ArraySampling(Section):
    """What the data set of the array codes depends on."""

    array_codes: Named[Code]
    directions: Count

    def __post_init__(self) -> None:
        _check_codes("array_codes", self.array_codes, names=ARRAY_CODES)


class Differences(Section):
    """Finite differences."""

    step: Step  # relative to the norm of the inputs


class Checkpointing(Section):
    """Reversals of the largest Burgers code that store few states."""

    segments: NonEmpty[Count]  # time steps between stored states; all time steps: the full tape
    snapshots: NonEmpty[Count]  # states that revolve stores at a time

    def __post_init__(self) -> None:
        self.require_distinct("segments", "snapshots")


class Settings(Section):
    """The section ``autodiff``."""

    seed: Seed  # of the inputs, the directions and the random programs
    directions: Count  # directional derivatives by which each gradient is checked
    scalar_codes: Named[Code]  # codes differentiated on a tape of scalars
    random_programs: RandomPrograms
    array_codes: Named[Code]  # codes differentiated by torch
    differences: Differences
    checkpointing: Checkpointing

    def __post_init__(self) -> None:
        self.scalar_sampling()
        self.array_sampling()
        steps, longest = self.array_codes["burgers"].steps, max(self.checkpointing.segments)
        self.require(
            longest <= steps, "checkpointing.segments", value=longest, allowed=f"at most the {steps} steps of burgers"
        )

    def scalar_sampling(self) -> ScalarSampling:
        """What the data set of the scalar codes depends on."""
        return ScalarSampling(
            scalar_codes=self.scalar_codes, random_programs=self.random_programs, directions=self.directions
        )

    def array_sampling(self) -> ArraySampling:
        """What the data set of the array codes depends on."""
        return ArraySampling(array_codes=self.array_codes, directions=self.directions)


def _check_codes(field: str, codes: dict[str, Code], *, names: tuple[str, ...]) -> None:
    require(set(codes) == set(names), field, sorted(codes), allowed=f"each of {', '.join(names)}")
    for name, code in codes.items():
        allowed = "at least 1" if name in STEPPING else "none: this code does not step, remove the key"
        require((code.steps >= 1) == (name in STEPPING), f"{field}.{name}.steps", code.steps, allowed=allowed)
