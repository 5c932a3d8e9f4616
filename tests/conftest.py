"""Shared by all tests: one thread per process, as in the pipeline, the repository's root, and which tests are slow."""

import os
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import hypothesis  # noqa: E402
import pytest  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(1)
# a busy machine makes no test fail, and every run draws the same examples
hypothesis.settings.register_profile("mlsim", deadline=None, derandomize=True)
hypothesis.settings.load_profile("mlsim")

TESTS = Path(__file__).parent
# folders whose tests train networks or start Snakemake, and the files in them that do neither
SLOW = ("studies", "workflow")
QUICK = ("studies/test_contract.py", "workflow/test_configuration.py")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return TESTS.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark slow tests by their folder; runs of the whole pipeline first, since the other worker has the rest."""
    for item in items:
        if item.path.is_relative_to(TESTS):
            path = item.path.relative_to(TESTS)
            if path.parts[0] in SLOW and path.as_posix() not in QUICK:
                item.add_marker("slow")
    items.sort(key=lambda item: item.path.name != "test_pipeline.py")
