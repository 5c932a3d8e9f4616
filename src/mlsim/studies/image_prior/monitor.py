"""Outputs of a fit that the stopping criteria select."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mlsim.numerics.images.degradations import clipped_noise_energy
from mlsim.numerics.images.stopping_criteria import Patience, WindowVariance
from mlsim.studies.image_prior.settings import Fitting

# only the oracle uses the clean image
CRITERIA = ("oracle", "discrepancy", "wmv", "fixed")


class Watch:
    """Follows the raw and the averaged output and stores, for each stopping criterion, those at its step.

    Args:
        fitting: weight of the average, steps between evaluations, window and patience.
        steps: steps of the fit; the criterion ``fixed`` takes the output of the last one.
        score: PSNR of an image (channels, rows, columns) against the clean one, for the oracle and for the history.
        sigma: standard deviation of the noise, in denoising.
    """

    def __init__(
        self, fitting: Fitting, *, steps: int, score: Callable[[Tensor], float], sigma: float | None = None
    ) -> None:
        self._fitting, self._steps, self._score, self._sigma = fitting, steps, score, sigma
        self._variance = WindowVariance(window=fitting.window, block=fitting.every)
        self._patience = Patience(patience=fitting.patience)
        self._average: Tensor | None = None
        self._losses: list[float] = []
        self.history: list[dict[str, float]] = []
        self.stored: dict[str, Tensor] = {}

    def observe(self, step: int, loss: float, output: Tensor) -> None:
        """Average the output; evaluate it at every ``fitting.every``-th step, and at the last one."""
        output = output[0]
        weight = self._fitting.averaging
        self._average = output if self._average is None else (1.0 - weight) * self._average + weight * output
        self._losses = [*self._losses, loss][-self._fitting.every :]
        variance = self._variance.add(output)
        if step % self._fitting.every == 0 or step == self._steps:
            self._evaluate(step, variance, {"raw": output, "averaged": self._average})

    def _evaluate(self, step: int, variance: float | None, outputs: dict[str, Tensor]) -> None:
        row = {"step": float(step), "loss": sum(self._losses) / len(self._losses)}
        row |= {f"psnr_{output}": self._score(image) for output, image in outputs.items()}
        row |= {"variance": float("nan") if variance is None else variance}
        for output, image in outputs.items():
            best = max((earlier[f"psnr_{output}"] for earlier in self.history), default=-float("inf"))
            if row[f"psnr_{output}"] > best:
                self._store(f"{output}_oracle", image, step)
        met = {"fixed": True, "wmv": variance is not None and self._patience.improves(step, variance)}
        if self._sigma is not None and "averaged_discrepancy_step" not in self.stored:
            met["discrepancy"] = row["loss"] <= clipped_noise_energy(outputs["raw"], sigma=self._sigma)
        for criterion in (name for name, is_met in met.items() if is_met):
            for output, image in outputs.items():
                self._store(f"{output}_{criterion}", image, step)
        self.history = [*self.history, row]

    def _store(self, name: str, image: Tensor, step: int) -> None:
        # not as float16: the evaluation must give the PSNR of the history
        self.stored = {**self.stored, name: image.clone(), f"{name}_step": torch.tensor(step)}

    def state(self) -> dict[str, Any]:
        """Everything that :meth:`restore` needs; nothing in it is changed in place."""
        parts = {"variance": self._variance.state(), "patience": self._patience.state()}
        sums = {"average": self._average, "losses": self._losses}
        return {**parts, **sums, "history": self.history, "stored": self.stored}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self._variance.restore(state["variance"])
        self._patience.restore(state["patience"])
        self._average, self._losses = state["average"], state["losses"]
        self.history, self.stored = state["history"], state["stored"]
