"""What can be configured in the study of automatic differentiation."""

from dataclasses import dataclass

from mlsim.config import require, require_at_least

SCALAR_CODES = ("speelpenning", "fibonacci_chain", "scalar_burgers", "scalar_n_body", "scalar_fem")
LONGEST_CHAIN = 40
ARRAY_CODES = ("burgers", "n_body", "fem", "eigenvalue", "mlp")
STEPPING = ("scalar_burgers", "scalar_n_body", "burgers", "n_body")


@dataclass(frozen=True, kw_only=True)
class Code:
    """Sizes of one code, ascending, and for a time-stepping code its number of steps."""

    sizes: tuple[int, ...]
    steps: int = 0

    def __post_init__(self) -> None:
        ascending = list(self.sizes) == sorted(set(self.sizes)) and len(self.sizes) > 0 and self.sizes[0] >= 2
        require(ascending, "sizes", self.sizes, allowed="at least one size, in ascending order, each 2 or more")
        require(self.steps >= 0, "steps", self.steps, allowed="zero or more")


@dataclass(frozen=True, kw_only=True)
class RandomPrograms:
    """How many random programs there are, and how long they are."""

    programs: int
    inputs: int
    lines: int

    def __post_init__(self) -> None:
        require_at_least(1, self, "programs", "inputs", "lines")


@dataclass(frozen=True, kw_only=True)
class ScalarSampling:
    """What the inputs of the scalar codes and their derivatives depend on."""

    scalar_codes: dict[str, Code]
    random_programs: RandomPrograms
    directions: int

    def __post_init__(self) -> None:
        _check_codes("scalar_codes", self.scalar_codes, known=SCALAR_CODES)
        chain = self.scalar_codes.get("fibonacci_chain")
        if chain is not None:
            allowed = f"at most {LONGEST_CHAIN}: derivatives of longer chains lose all digits"
            good = max(chain.sizes) <= LONGEST_CHAIN
            require(good, "scalar_codes.fibonacci_chain.sizes", list(chain.sizes), allowed=allowed)
        require(self.directions >= 1, "directions", self.directions, allowed="at least 1")


@dataclass(frozen=True, kw_only=True)
class ArraySampling:
    """What the inputs of the array codes and their derivatives depend on."""

    array_codes: dict[str, Code]
    directions: int

    def __post_init__(self) -> None:
        _check_codes("array_codes", self.array_codes, known=ARRAY_CODES)
        require(self.directions >= 1, "directions", self.directions, allowed="at least 1")


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Step of the finite differences, as a share of the norm of the inputs."""

    step: float

    def __post_init__(self) -> None:
        require(0 < self.step <= 1e-2, "step", self.step, allowed="positive, at most 0.01")


@dataclass(frozen=True, kw_only=True)
class Checkpointing:
    """Steps between kept states, and numbers of states kept by revolve, for the largest Burgers code."""

    segments: tuple[int, ...]
    snapshots: tuple[int, ...]

    def __post_init__(self) -> None:
        for name in ("segments", "snapshots"):
            numbers = getattr(self, name)
            distinct = len(set(numbers)) == len(numbers) > 0 and min(numbers) >= 1
            require(distinct, name, numbers, allowed="at least one positive number, each once")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole section ``autodiff``."""

    seed: int
    directions: int
    scalar_codes: dict[str, Code]
    random_programs: RandomPrograms
    array_codes: dict[str, Code]
    differences: Differences
    checkpointing: Checkpointing

    def __post_init__(self) -> None:
        require(self.seed >= 0, "seed", self.seed, allowed="zero or more")
        self.scalar_sampling()
        self.array_sampling()
        steps, longest = self.array_codes["burgers"].steps, max(self.checkpointing.segments)
        require(longest <= steps, "checkpointing.segments", longest, allowed=f"at most the {steps} steps of burgers")

    def scalar_sampling(self) -> ScalarSampling:
        """What the scalar data set depends on."""
        return ScalarSampling(
            scalar_codes=self.scalar_codes, random_programs=self.random_programs, directions=self.directions
        )

    def array_sampling(self) -> ArraySampling:
        """What the array data set depends on."""
        return ArraySampling(array_codes=self.array_codes, directions=self.directions)


def _check_codes(field: str, codes: dict[str, Code], *, known: tuple[str, ...]) -> None:
    require(set(codes) == set(known), field, sorted(codes), allowed=f"each of {', '.join(known)}")
    for name, code in codes.items():
        needed = "at least 1" if name in STEPPING else "none: this code does not step, remove the key"
        require((code.steps >= 1) == (name in STEPPING), f"{field}.{name}.steps", code.steps, allowed=needed)
