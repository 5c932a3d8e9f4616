"""All benchmarks, one after the other."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy starts its threads

from benchmarks import hierarchical, schroedinger, simp, singular  # noqa: E402

if __name__ == "__main__":
    simp.main()
    schroedinger.main()
    hierarchical.main()
    singular.main()
