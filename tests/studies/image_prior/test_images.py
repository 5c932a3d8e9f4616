"""Images: damage, fits of the untrained network, stopping criteria, evaluation."""

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
from msgspec.structs import replace

from mlsim.numerics.images.degradations import clipped_noise_energy
from mlsim.studies.image_prior.claims import claims
from mlsim.studies.image_prior.evaluate import chosen, evaluate
from mlsim.studies.image_prior.generate import bundled, generate, part_of, resized
from mlsim.studies.image_prior.monitor import Watch
from mlsim.studies.image_prior.plot import curve_figure
from mlsim.studies.image_prior.quantities import QUANTITIES
from mlsim.studies.image_prior.settings import Data, Fitting, Image, Prior, Run, Scoring, Task, Variant
from mlsim.studies.image_prior.train import data_term, observed_pixels, prior_network, task_psnr, tensor, train
from mlsim.tables import aggregated, metrics
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator
from mlsim.training.untrained import fit_untrained
from mlsim.verdicts import verdicts

IMAGES = {"astronaut": Image(source="astronaut", top=50, left=190, rows=64, columns=64)}
TASKS = {
    "denoise": Task(kind="denoise", image="astronaut", amount=25),
    "inpaint": Task(kind="inpaint", image="astronaut", amount=50),
    "hole": Task(kind="inpaint", image="astronaut", amount=4, hidden="hole"),
    "enlarge": Task(kind="super_resolution", image="astronaut", amount=4),
}
PRIORS = {"dip": Prior(network="hourglass", width=8), "deep_decoder": Prior(network="deep_decoder", width=8)}
FITTING = Fitting(rate=0.01, averaging=0.01, window=10, patience=50, every=5)
VARIANTS = {
    "denoise": Variant(prior="dip", task="denoise", steps=30, input_noise=1 / 30, seeds=(0, 1)),
    "enlarge": Variant(prior="dip", task="enlarge", steps=15, input_noise=0.03, seeds=(0,)),
    "inpaint": Variant(prior="dip", task="inpaint", steps=15, input_noise=0.03, seeds=(0,)),
    "decoder": Variant(prior="deep_decoder", task="denoise", steps=30, input_noise=0.0, seeds=(0,)),
}


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return generate(Data(images=IMAGES, tasks=TASKS), seed=0)


def fitted(folder, data, name, seed=0):
    variant = VARIANTS[name]
    run = Run(task=TASKS[variant.task], prior=PRIORS[variant.prior], fitting=FITTING, variant=variant)
    checkpoint = Checkpoint(folder / f"{name}{seed}.pt", stamp="one")
    return train(run, data=data, seed=seed, checkpoint=checkpoint, device="cpu")


@pytest.fixture(scope="module")
def fits(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fits")
    return {(name, seed): fitted(folder, data, name, seed) for name, v in VARIANTS.items() for seed in v.seeds}


def test_damage_depends_on_the_seed_and_the_task_s_name_alone(data):
    alone = generate(Data(images=IMAGES, tasks={"denoise": TASKS["denoise"]}), seed=0)
    np.testing.assert_array_equal(alone["observed_denoise"], data["observed_denoise"])
    other = generate(Data(images=IMAGES, tasks={"denoise": TASKS["denoise"]}), seed=1)
    assert not np.array_equal(other["observed_denoise"], data["observed_denoise"])


def test_noise_has_the_energy_that_the_discrepancy_criterion_expects(data):
    clean, observed = tensor(data, "clean", "denoise"), tensor(data, "observed", "denoise")
    squares = (observed - clean).square().double()
    error = float(squares.std()) / np.sqrt(squares.numel())
    assert float(squares.mean()) == pytest.approx(clipped_noise_energy(clean, sigma=25 / 255), abs=4 * error)


def test_part_of_a_photograph_is_the_configured_one():
    photograph = bundled("astronaut")
    part = part_of(photograph, Image(source="astronaut", top=10, left=20, rows=64, columns=96))
    assert part.shape == (3, 64, 96)
    np.testing.assert_allclose(part[1] * 255, photograph[10:74, 20:116, 1], rtol=1e-6)
    assert part_of(bundled("camera"), Image(source="camera")).shape == (1, 512, 512)
    with pytest.raises(ValueError, match="rows is 128 from 200 on, of 300 in chelsea"):
        part_of(bundled("chelsea"), Image(source="chelsea", top=200, left=0, rows=128, columns=128))


def test_file_of_the_user_replaces_a_photograph():
    picture = bundled("camera")
    settings = Data(images={"a": Image(source="a.png")}, tasks={"denoise": Task(kind="denoise", image="a", amount=25)})
    images = generate(settings, seed=0, photographs=[picture])
    np.testing.assert_allclose(images["clean_denoise"][0] * 255, picture, rtol=1e-6)


def test_resizing_keeps_constants_and_range():
    image = np.full((3, 64, 64), 0.4, dtype=np.float32)
    for method in ("lanczos", "bicubic", "nearest"):
        np.testing.assert_allclose(resized(image, rows=16, columns=16, method=method), 0.4, atol=1e-6)


@pytest.mark.parametrize("name", ["inpaint", "hole"])
def test_data_term_has_no_gradient_at_hidden_pixels(data, name):
    output = torch.rand(1, 3, 64, 64, generator=torch_generator(0, "output")).requires_grad_()
    mask = observed_pixels(data, name)
    data_term(TASKS[name], tensor(data, "observed", name), mask=mask)(output).backward()
    assert mask is not None
    gradient = torch.as_tensor(output.grad)
    assert bool((gradient[..., ~mask] == 0).all())
    assert bool((gradient[..., mask] != 0).all())


def test_data_term_of_inpainting_vanishes_at_the_clean_image(data):
    clean = tensor(data, "clean", "inpaint")
    mask = observed_pixels(data, "inpaint")
    assert float(data_term(TASKS["inpaint"], tensor(data, "observed", "inpaint"), mask=mask)(clean)) == 0.0


def test_equal_seeds_have_equal_losses_and_other_seeds_others(tmp_path, data, fits):
    again = fitted(tmp_path, data, "denoise")
    first = fits["denoise", 0]
    assert [row["loss"] for row in again.history] == [row["loss"] for row in first.history]
    assert all(torch.equal(again.state[name], first.state[name]) for name in first.state)
    assert fits["denoise", 1].history[0]["loss"] != first.history[0]["loss"]


class StoppedError(Exception):
    """Ends a run in the middle, as a kill would."""


class Cut(Checkpoint):
    """A checkpoint after whose writing at step 12 the run is killed."""

    def due(self) -> bool:
        return True

    def save(self, state: dict) -> None:
        super().save(state)
        if state["progress"]["step"] == 12:
            raise StoppedError


def test_resumed_fit_stores_the_outputs_of_an_uninterrupted_one(tmp_path, data, fits):
    variant = VARIANTS["denoise"]
    run = Run(task=TASKS["denoise"], prior=PRIORS["dip"], fitting=FITTING, variant=variant)
    with pytest.raises(StoppedError):
        train(run, data=data, seed=0, checkpoint=Cut(tmp_path / "c.pt", stamp="one"), device="cpu")
    resumed = train(run, data=data, seed=0, checkpoint=Checkpoint(tmp_path / "c.pt", stamp="one"), device="cpu")
    whole = fits["denoise", 0]
    assert [list(row.values())[:4] for row in resumed.history] == [list(row.values())[:4] for row in whole.history]
    assert set(resumed.state) == set(whole.state)
    assert all(torch.equal(resumed.state[name], whole.state[name]) for name in whole.state)


def test_stored_outputs_have_the_psnr_of_the_history(data, fits):
    clean = tensor(data, "clean", "denoise")
    for (name, _), fit in fits.items():
        if VARIANTS[name].task != "denoise":
            continue
        curve = {row["step"]: row for row in fit.history}
        for output in ("raw", "averaged"):
            for criterion in ("oracle", "fixed", "wmv"):
                row = curve[int(fit.state[f"{output}_{criterion}_step"])]
                assert task_psnr(TASKS["denoise"], fit.state[f"{output}_{criterion}"], clean) == row[f"psnr_{output}"]
            best = max(row[f"psnr_{output}"] for row in fit.history)
            assert curve[int(fit.state[f"{output}_oracle_step"])][f"psnr_{output}"] == best
        variances = {row["step"]: row["variance"] for row in fit.history if np.isfinite(row["variance"])}
        assert variances[int(fit.state["raw_wmv_step"])] == min(variances.values())


def test_discrepancy_stores_the_first_output_whose_loss_is_that_of_the_noise():
    watch = Watch(FITTING, steps=20, score=lambda image: 0.0, sigma=0.1)
    grey = torch.full((1, 1, 4, 4), 0.5)  # far from both ends: the noise keeps its variance of 0.01
    for step, loss in enumerate([0.02] * 5 + [0.0101] * 5 + [0.0099] * 5 + [0.005] * 5, start=1):
        watch.observe(step, loss, grey + step / 1000)
    assert int(watch.stored["raw_discrepancy_step"]) == 15
    torch.testing.assert_close(watch.stored["raw_discrepancy"], grey[0] + 0.015)


def test_average_of_outputs_is_the_exponential_one():
    outputs = torch.rand(20, 1, 1, 4, 4, generator=torch_generator(0, "outputs"))
    watch = Watch(replace(FITTING, averaging=0.25), steps=20, score=lambda image: 0.0)
    for step, output in enumerate(outputs, start=1):
        watch.observe(step, 1.0, output)
    weights = 0.25 * 0.75 ** torch.arange(19, -1, -1)
    weights[0] = 0.75**19
    torch.testing.assert_close(
        watch.stored["averaged_fixed"], (weights[:, None, None, None] * outputs[:, 0]).sum(dim=0)
    )


def iterations_to(ratio: float, target: torch.Tensor, folder) -> int:
    """Steps until the loss has fallen by a ratio."""
    net, noise = prior_network(Prior(network="hourglass", width=4), target.shape, seed=0)
    watch = Watch(replace(FITTING, every=1), steps=100, score=lambda image: 0.0)

    def misfit(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        output = net(noise)
        return (output - target).square().mean(), output

    optimizer, checkpoint = torch.optim.Adam(net.parameters(), lr=0.01), Checkpoint(folder / "fit.pt", stamp="one")
    fit_untrained(net, steps=100, misfit=misfit, watch=watch, optimizer=optimizer, checkpoint=checkpoint)
    # the loss of a constant is what is left to fit
    spread = float((target - target.mean(dim=(1, 2), keepdim=True)).square().mean())
    below = [row["step"] for row in watch.history if row["loss"] < ratio * spread]
    return int(below[0]) if below else 100


def test_smooth_image_is_fitted_three_times_faster_than_white_noise(tmp_path):
    line = torch.linspace(0, 3, 64)
    wave = 0.5 + 0.4 * torch.sin(line)[None, :, None] * torch.cos(line)[None, None, :]
    noise = 0.5 + 0.2 * torch.randn(1, 64, 64, generator=torch_generator(0, "white noise"))
    smooth, white = (iterations_to(0.5, target, tmp_path) for target in (wave, noise.clamp(0, 1)))
    assert white >= 3 * smooth


@pytest.fixture(scope="module")
def table(data, fits):
    runs = list(fits)
    scoring = Scoring(tasks=TASKS, priors=PRIORS, variants=VARIANTS, sets={"both": ("denoise", "inpaint")})
    frame = evaluate(scoring, data=data, models=[fits[run].state for run in runs], runs=[list(run) for run in runs])
    return aggregated([metrics(frame, QUANTITIES)])


def test_gap_and_gains_are_differences_in_psnr_and_no_criterion_beats_its_oracle(table):
    gaps = table[table["quantity"] == "gap_to_oracle"]
    assert (gaps["value"] >= 0).all()
    assert set(gaps.loc[gaps["method"].str.endswith("_oracle"), "value"]) == {0.0}
    values = table[table["case"] == "denoise"].set_index(["method", "quantity"])["value"]
    for method in ("dip_averaged_wmv", "dip_averaged_fixed", "dip_raw_fixed"):
        best = "_".join([*method.split("_")[:2], "oracle"])
        gap = values[best, "psnr"] - values[method, "psnr"]
        assert values[method, "gap_to_oracle"] == pytest.approx(gap, abs=1e-9)
    gain = values["dip_averaged_fixed", "psnr"] - values["nlm", "psnr"]
    assert values["dip_averaged_fixed", "gain_over_nlm"] == pytest.approx(gain)
    # the mean of two images is at least as near as they are on average
    assert values["dip_two_runs_fixed", "psnr"] >= values["dip_averaged_fixed", "psnr"]
    # x differs between tasks of different kinds: a mean over them does not exist
    assert not (table["case"] == "both").any()
    judged = verdicts(table, claims(), study="image_prior")
    assert judged["verdict"].str.startswith("not comparable").all()


def test_fit_that_never_reaches_the_noise_counts_with_its_last_output(data, fits):
    assert chosen(TASKS["denoise"], {"raw_discrepancy": 0}, "raw_discrepancy") == "raw_discrepancy"
    assert chosen(TASKS["denoise"], {}, "raw_discrepancy") == "raw_fixed"
    assert chosen(TASKS["inpaint"], {}, "raw_discrepancy") is None
    assert chosen(TASKS["denoise"], {}, "raw_wmv") is None
    runs = [("denoise", 0), ("denoise", 1)]
    models = [{key: value for key, value in fits[run].state.items() if "discrepancy" not in key} for run in runs]
    for output in ("raw", "averaged"):
        # one fit stops, at the observed image, the other one does not
        models[0] |= {f"{output}_discrepancy": tensor(data, "observed", "denoise")}
        models[0] |= {f"{output}_discrepancy_step": torch.tensor(7)}
    scoring = Scoring(tasks=TASKS, priors=PRIORS, variants={"denoise": VARIANTS["denoise"]}, sets={})
    frame = evaluate(scoring, data=data, models=models, runs=[list(run) for run in runs])
    rows = frame[frame["method"] == "dip_averaged_discrepancy"]
    assert rows.loc[rows["quantity"] == "met", "value"].tolist() == [0.5]
    assert rows.loc[rows["quantity"] == "iterations", "value"].tolist() == [7, 30]


def test_curves_of_the_figure_are_the_histories_and_its_lines_the_rows_of_the_table(table, fits):
    runs = [run for run in fits if VARIANTS[run[0]].task == "denoise"]
    histories, networks = [pd.DataFrame(fits[run].history) for run in runs], ["hourglass", "hourglass", "deep_decoder"]
    models = [fits[run].state for run in runs]
    figure = curve_figure(table=table, histories=histories, models=models, networks=networks, case="denoise")
    lines = figure.axes[0].lines
    curves = [line for line in lines if np.size(line.get_xdata()) == len(histories[0])]
    for history, (averaged, raw) in zip(histories, zip(curves[::2], curves[1::2], strict=True), strict=True):
        np.testing.assert_array_equal(averaged.get_ydata(), history["psnr_averaged"])
        np.testing.assert_array_equal(raw.get_ydata(), history["psnr_raw"])
    values = table[(table["case"] == "denoise") & (table["quantity"] == "psnr")].set_index("method")["value"]
    horizontal = {line.get_label(): np.ravel(line.get_ydata())[0] for line in lines}
    assert horizontal["total variation, best weight"] == values["tv"]
    # two seeds have one entry
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts.count("deep image prior, output") == 1
