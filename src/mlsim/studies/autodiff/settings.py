"""What can be configured in the study of automatic differentiation."""

from typing import Annotated

from mlsim.config import Section
from mlsim.types import AtLeast2, Count, Distinct, Increasing, Meta, Named, OrZero, Seed

SCALAR_CODES = ("speelpenning", "fibonacci_chain", "scalar_burgers", "scalar_n_body", "scalar_fem")
LONGEST_CHAIN = 40
ARRAY_CODES = ("burgers", "n_body", "fem", "eigenvalue", "mlp")
STEPPING = ("scalar_burgers", "scalar_n_body", "burgers", "n_body")


class Code(Section):
    """One code that is differentiated."""

    # of speelpenning factors, fibonacci_chain operations, burgers and bars cells, n_body bodies, fem inner nodes per
    # side, eigenvalue rows of the matrix, mlp units per hidden layer
    sizes: Increasing[AtLeast2]
    steps: OrZero = 0  # time steps; only for codes that step in time


class RandomPrograms(Section):
    """Random scalar programs."""

    programs: Count  # number of programs
    inputs: Count  # of each program
    lines: Count  # of each program: instructions of up to three operations


class ScalarSampling(Section):
    """What the data set of the scalar codes depends on."""

    directions: Count  # directional derivatives by which each gradient is checked
    scalar_codes: Named[Code]  # codes differentiated on a tape of scalars
    random_programs: RandomPrograms


class ArraySampling(Section):
    """What the data set of the array codes depends on."""

    directions: Count
    array_codes: Named[Code]


class Differences(Section):
    """Finite differences."""

    # relative to the norm of the inputs
    step: Annotated[float, Meta(gt=0, le=1e-2, description="positive, at most 0.01")]


class Checkpointing(Section):
    """Reversals of the largest Burgers code that store few states."""

    segments: Distinct[Count]  # time steps between stored states; all time steps: the full tape
    snapshots: Distinct[Count]  # states that revolve stores at a time


class Settings(ScalarSampling):
    """The section ``autodiff``."""

    seed: Seed  # of the inputs, the directions and the random programs
    array_codes: Named[Code]  # codes differentiated by torch
    differences: Differences
    checkpointing: Checkpointing

    def __post_init__(self) -> None:
        for key, codes, names in (
            ("scalar_codes", self.scalar_codes, SCALAR_CODES),
            ("array_codes", self.array_codes, ARRAY_CODES),
        ):
            self.require(set(codes) == set(names), key, f"each of {', '.join(names)}", value=sorted(codes))
            for name, code in codes.items():
                allowed = "at least 1" if name in STEPPING else "none: this code does not step, remove the key"
                self.require((code.steps >= 1) == (name in STEPPING), f"{key}.{name}.steps", allowed)
        longest = self.scalar_codes["fibonacci_chain"].sizes[-1] <= LONGEST_CHAIN
        allowed = f"at most {LONGEST_CHAIN}: derivatives of longer chains lose all digits"
        self.require(longest, "scalar_codes.fibonacci_chain.sizes", allowed)
        steps, segments = self.array_codes["burgers"].steps, self.checkpointing.segments
        self.require(max(segments) <= steps, "checkpointing.segments", f"at most the {steps} steps of burgers")
