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
def arrays():  # below numpy's and the system's sizes of huge pages, together beyond what glibc keeps by itself
    return [np.ones(3 << 16) for _ in range(3)]
arrays()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    arrays()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 50)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the settings are those of glibc")
def test_arrays_of_megabytes_find_the_memory_that_was_freed() -> None:
    pages = 3 * 8 * (3 << 16) / 4096  # of the three arrays made in each pass
    faults = {
        kind: float(subprocess.run([sys.executable, "-c", FAULTS, kind], capture_output=True, check=True).stdout)
        for kind in ("kept", "given back")
    }
    assert faults["kept"] < 0.1 * pages  # the first pass, shared out over fifty
    assert faults["given back"] > 3 * faults["kept"]
