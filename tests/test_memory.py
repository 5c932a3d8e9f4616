"""Freed memory is kept: the second large array of a size costs no page faults."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from mlsim.memory import keep_freed_memory
if sys.argv[1] == "kept":
    assert keep_freed_memory()
np.ones(1 << 19)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    first, second = np.ones(1 << 19), np.ones(1 << 19)
    del first, second
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 50)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are those of glibc")
def test_arrays_of_megabytes_find_the_memory_that_was_freed() -> None:
    pages = 2 * (1 << 22) / 4096  # of the two arrays made in each pass
    faults = {
        kind: float(subprocess.run([sys.executable, "-c", FAULTS, kind], capture_output=True, check=True).stdout)
        for kind in ("kept", "given back")
    }
    assert faults["kept"] < 0.1 * pages  # the first pass, shared out over fifty
    assert faults["given back"] > 3 * faults["kept"]
