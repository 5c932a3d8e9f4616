"""Shared by all tests: one thread per process, as in the pipeline, and the repository's root."""

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


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The runs of the whole pipeline first: they take longest, and the other worker has the other tests meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_pipeline.py")
