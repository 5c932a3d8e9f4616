"""Benchmarks: ratios measured in one run on one core; `python -m benchmarks` prints all of them."""
