"""Ground states of the nonlinear Schroedinger equation against the gradient flow of the multiscale papers.

The flow ``(L + 1/dt + V + beta u_n^2) w = u_n / dt``, ``u_(n+1) = w / |w|`` starts from random numbers, solves one
dense system per step with ``dt = 1``, and stops at a change below 1e-5 or after 100 steps. Both methods get the same
potentials; their states are compared before any time is printed. Then the solver's own cost curve: coarse grids with
trigonometric interpolation to the finest one, the classical rival of any network that maps ``V`` to ``u``.
"""

from collections.abc import Callable
from time import process_time

import numpy as np

from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.periodic.trigonometric_interpolation import resampled
from mlsim.numerics.waves.schroedinger import ground_states

POINTS, BETA, SAMPLES, FLOW_SAMPLES, REPEATS = 320, 10.0, 2000, 20, 3
COARSE = (20, 40, 80, 160, 320)


def gradient_flow(potential: np.ndarray, *, rng: np.random.Generator, step: float = 1.0) -> np.ndarray:
    """Ground state of one potential by the papers' iteration with dense solutions."""
    size = potential.size
    identity = np.eye(size)
    laplacian = size**2 * (2 * identity - np.roll(identity, 1, axis=0) - np.roll(identity, -1, axis=0))
    u = rng.random(size)
    u *= np.sqrt(size) / np.linalg.norm(u)
    for _ in range(100):
        matrix = laplacian + np.diag(1 / step + potential + BETA * u**2)
        w = np.linalg.solve(matrix, u / step)
        w *= np.sqrt(size) / np.linalg.norm(w)
        change, u = np.linalg.norm(w - u), w
        if change < 1e-5:
            break
    return u * np.sign(u.sum())


def coarse_states(potential: np.ndarray, *, points: int) -> np.ndarray:
    """States found on some of the points, interpolated to all of them."""
    stride = potential.shape[1] // points
    coarse = ground_states(potential[:, stride - 1 :: stride], interaction=BETA)
    return resampled(coarse.state, potential.shape[1])


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of some runs."""
    times = []
    for _ in range(REPEATS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def main() -> None:
    """Print samples per second, their ratio, and the cost curve."""
    potential = gaussian_wells(SAMPLES, POINTS, rng=np.random.default_rng(0))
    ours = ground_states(potential, interaction=BETA)
    few = potential[:FLOW_SAMPLES]
    rng = np.random.default_rng(1)
    flow = np.stack([gradient_flow(v, rng=rng) for v in few])
    # a change of 1e-5 in the norm that is sqrt(N) for u leaves a relative error of some 1e-6
    np.testing.assert_allclose(flow, ours.state[:FLOW_SAMPLES], atol=1e-4)
    fast = SAMPLES / seconds(lambda: ground_states(potential, interaction=BETA))
    slow = FLOW_SAMPLES / seconds(lambda: [gradient_flow(v, rng=np.random.default_rng(1)) for v in few])
    print(f"ground states on {POINTS} points, samples per second on one core")
    print(f"  gradient flow, dense    {slow:9.1f}")
    print(f"  Newton, cyclic reduction{fast:9.1f}   {fast / slow:.0f} times faster")
    print("  points   us/sample   mean relative error against the finest grid")
    for points in COARSE:
        error = np.linalg.norm(coarse_states(potential, points=points) - ours.state, axis=1) / np.sqrt(POINTS)
        cost = seconds(lambda points=points: coarse_states(potential, points=points)) / SAMPLES
        print(f"  {points:6d}   {1e6 * cost:9.1f}   {error.mean():.1e}")
