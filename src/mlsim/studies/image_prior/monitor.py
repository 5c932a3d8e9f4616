"""What the stopping criteria store of one fit."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mlsim.numerics.images.degradations import clipped_noise_energy
from mlsim.numerics.images.stopping_criteria import Patience, WindowVariance
from mlsim.studies.image_prior.settings import Fitting

# the oracle alone sees the clean image
RULES = ("oracle", "discrepancy", "wmv", "fixed")


class Watch:
    """Follows raw and averaged output and keeps, for each rule, those at its step.

    Args:
        fitting: how often to look, and the window.
        steps: of the fit; the fixed rule takes the last output.
        score: decibels of an image (channels, rows, columns) against the clean one; the oracle's, and the curve's.
        sigma: deviation of the noise where it is known and in the image.
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
        self.kept: dict[str, Tensor] = {}

    def observe(self, step: int, loss: float, output: Tensor) -> None:
        """Average the output; look at it at every ``fitting.every``-th step, and at the last one."""
        output = output[0]
        share = self._fitting.averaging
        self._average = output if self._average is None else (1.0 - share) * self._average + share * output
        self._losses = [*self._losses, loss][-self._fitting.every :]
        variance = self._variance.add(output)
        if step % self._fitting.every == 0 or step == self._steps:
            self._look(step, variance, raw=output, averaged=self._average)

    def _look(self, step: int, variance: float | None, *, raw: Tensor, averaged: Tensor) -> None:
        row = {"step": float(step), "loss": sum(self._losses) / len(self._losses)}
        row |= {"psnr_raw": self._score(raw), "psnr_averaged": self._score(averaged)}
        row |= {"variance": float("nan") if variance is None else variance}
        for output, image in {"raw": raw, "averaged": averaged}.items():
            best = max((each[f"psnr_{output}"] for each in self.history), default=-float("inf"))
            if row[f"psnr_{output}"] > best:
                self._keep(f"{output}_oracle", image, step)
        rules = {"fixed": True, "wmv": variance is not None and self._patience.improves(step, variance)}
        if self._sigma is not None and "averaged_discrepancy_step" not in self.kept:
            rules["discrepancy"] = row["loss"] <= clipped_noise_energy(raw, sigma=self._sigma)
        for rule in (rule for rule, chosen in rules.items() if chosen):
            self._keep(f"raw_{rule}", raw, step)
            self._keep(f"averaged_{rule}", averaged, step)
        self.history = [*self.history, row]

    def _keep(self, name: str, image: Tensor, step: int) -> None:
        # float16 would do, but a later look at the numbers should find what was scored
        self.kept = {**self.kept, name: image.clone(), f"{name}_step": torch.tensor(step)}

    def state(self) -> dict[str, Any]:
        """All that it knows; nothing in it is changed in place."""
        parts = {"variance": self._variance.state(), "patience": self._patience.state()}
        return {**parts, "average": self._average, "losses": self._losses, "history": self.history, "kept": self.kept}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        self._variance.restore(state["variance"])
        self._patience.restore(state["patience"])
        self._average, self._losses = state["average"], state["losses"]
        self.history, self.kept = state["history"], state["kept"]
