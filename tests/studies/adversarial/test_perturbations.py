"""Universal perturbations: image sets, training, choices, the control, the bootstrap, the user's own files."""

import numpy as np
import pytest
import torch
import yaml
from msgspec.structs import replace
from PIL import Image

from mlsim import user_files
from mlsim.config import parse
from mlsim.inputs import read_inputs
from mlsim.numerics.attacks.pq_power_method import jacobian, norms
from mlsim.studies.adversarial.claims import claims
from mlsim.studies.adversarial.classifiers import classifier, network, stored, unit
from mlsim.studies.adversarial.construct import candidates, chosen_images, construct, most_fooling, vectors
from mlsim.studies.adversarial.evaluate import evaluate, pooled, resampled
from mlsim.studies.adversarial.generate import cut, generate, members, photographs
from mlsim.studies.adversarial.layouts import means
from mlsim.studies.adversarial.plot import example_figure, sweep_figure, transfer_figure
from mlsim.studies.adversarial.quantities import QUANTITIES
from mlsim.studies.adversarial.settings import (
    Attack,
    Construction,
    Drawing,
    Evaluation,
    Network,
    Parts,
    Photographs,
    Pixels,
    Rendering,
    Run,
    Scoring,
    Settings,
    layer_names,
)
from mlsim.studies.adversarial.train import augmented, imported, steps, train
from mlsim.tables import aggregated, metrics
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import numpy_generator

PARTS = Parts(test=40, selection=20, train=150)
DRAWING = Drawing(parts=PARTS, rendering=Rendering(size=32, textures=("stripes", "dots"), noise=0.012, rotation=0.4))
PIXELS = Pixels(mean=(0.5, 0.5, 0.5), deviation=(0.25, 0.25, 0.25))
VGG = Network(architecture="vgg16", width=4, layers=("block1_pool", "block2_pool"), epochs=8, batch=25, rate=4e-3)
ATTACK = Attack(
    images=8,
    norm=10,
    q=(2, 3),
    restarts=2,
    iterations=6,
    tolerance=1e-3,
    batches=(2, 4),
    passes=1,
    gradient_steps=2,
    gradient_shares=(0.25, 0.5),
)
SCORING = Scoring(norms=(5, 20), signs=2, resamplings=50, single=3, single_norms=(2,), steps=3)


@pytest.fixture(scope="module")
def data():
    return generate(DRAWING, seed=0)


def trained(data, folder, name="checkpoint"):
    checkpoint = Checkpoint(folder / name, stamp="s")
    return train(Run(pixels=PIXELS, network=VGG), data=data, seed=0, checkpoint=checkpoint, device="cpu")


@pytest.fixture(scope="module")
def training(data, tmp_path_factory):
    return trained(data, tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def model(training):
    return training.state


@pytest.fixture(scope="module")
def perturbations(data, model):
    settings = Construction(pixels=PIXELS, network=VGG, attack=ATTACK)
    return construct(settings, data=data, model=model, seeds=[0, 1])


@pytest.fixture(scope="module")
def table(data, model, perturbations):
    settings = Evaluation(pixels=PIXELS, networks={"vgg16": VGG}, attack=ATTACK, scoring=SCORING)
    rows = evaluate(
        settings, data=data, model=model, perturbations=[perturbations], trained=True, seed=0, method="vgg16"
    )
    return metrics(rows, QUANTITIES)


def values(table, **where):
    for key, value in where.items():
        table = table[table[key] == value]
    return table["value"].to_numpy()


def test_test_images_do_not_depend_on_the_number_of_any_others(data):
    more = generate(replace(DRAWING, parts=Parts(test=130, selection=30, train=20)), seed=0)
    for name in ("image", "label", "scale"):
        np.testing.assert_array_equal(more[name].values[:40], data[name].values[:40])
        chosen = members(more, "selection"), members(data, "selection")
        np.testing.assert_array_equal(more[name].values[chosen[0]][:20], data[name].values[chosen[1]])


def test_parts_share_no_image(data):
    flat = data["image"].values.reshape(210, -1)
    assert len(np.unique(flat, axis=0)) == 210
    bounds = [(members(data, part).start, members(data, part).stop) for part in ("test", "selection", "train")]
    assert bounds == [(0, 40), (40, 60), (60, 210)]


def test_the_layers_of_the_settings_are_those_of_the_networks():
    for architecture in ("vgg16", "vgg19", "resnet50"):
        built = network(replace(VGG, architecture=architecture, layers=(layer_names(architecture)[0],)), seed=0)
        assert built.taps() == layer_names(architecture)


def test_training_learns_and_equal_seeds_give_equal_parameters(data, training, tmp_path):
    losses = [row["loss"] for row in training.history]
    assert training.history[-1]["step"] == steps(VGG, samples=150) == 48
    assert losses[-1] < 0.95 * losses[0]
    again = trained(data, tmp_path)
    for name, value in training.state.items():
        torch.testing.assert_close(value, again.state[name], rtol=0, atol=0)


def test_augmentation_moves_pixels_and_invents_none(data):
    images, _ = stored(data, "train")
    moved = augmented(images[:3], rng=numpy_generator(0, "a"))
    for one, other in zip(images, moved, strict=False):
        np.testing.assert_array_equal(one.flatten(1).sort(dim=1).values, other.flatten(1).sort(dim=1).values)


def test_more_construction_images_begin_with_the_fewer(data):
    images, _ = stored(data, "train")
    many, few = chosen_images(images, 8, seed=1), chosen_images(images, 3, seed=1)
    torch.testing.assert_close(many[:3], few)


def test_a_singular_vector_is_a_sign_vector_and_its_value_is_its_gain_in_pixel_space(data, model):
    source, images = classifier(VGG, PIXELS, model), chosen_images(stored(data, "train")[0], 8, seed=0)
    largest = candidates(source, images, ATTACK, layer="block2_pool", q=[3], seed=0)[0][0]
    assert set(largest.vector.unique().tolist()) <= {-1.0, 0.0, 1.0}
    step = 1e-4
    with torch.no_grad():
        clean, moved = (source.tapped(images + s * largest.vector, layer="block2_pool") for s in (0.0, step))
        # ReLU bends under the step: a quotient, not a limit; at 1e-3 some networks are 7 percent off
        quotient = norms((moved - clean)[None] / step, 3) / norms(clean[None], 3)
    assert largest.gain == pytest.approx(float(quotient), rel=0.05)
    assert largest.history == sorted(largest.history)


def test_the_singular_value_exceeds_that_of_random_signs(data, model):
    source, images = classifier(VGG, PIXELS, model), chosen_images(stored(data, "train")[0], 8, seed=0)
    largest = candidates(source, images, ATTACK, layer="block1_pool", q=[3], seed=0)[0][0]
    linear = jacobian(lambda v: source.tapped(images + v, layer="block1_pool"), torch.zeros_like(images[0]))
    signs = torch.randn(20, *images.shape[1:], generator=torch.Generator().manual_seed(0)).sign()
    assert largest.history[-1] > 1.5 * float(norms(linear.forward(signs), 3).max())


def test_of_all_restarts_and_both_signs_the_one_that_fools_most_is_taken(data, model):
    source, images = classifier(VGG, PIXELS, model), chosen_images(stored(data, "train")[0], 8, seed=0)
    maxima = candidates(source, images, replace(ATTACK, restarts=3), layer="block2_pool", q=[3], seed=0)[0]
    gains = [candidate.gain for candidate in maxima]
    assert gains == sorted(gains, reverse=True)
    target = -maxima[2].vector
    chosen = most_fooling(maxima, lambda vector: float((vector == target).double().mean()))
    assert chosen.fooling == 1.0
    assert torch.equal(chosen.vector, target)
    assert chosen.gain == maxima[2].gain
    first = most_fooling(maxima, lambda vector: 0.5)
    assert torch.equal(first.vector, maxima[0].vector)


def test_perturbations_have_their_norm_and_their_seeds(perturbations):
    size = np.abs(perturbations["perturbation"].values).max(axis=(1, 2, 3))
    # single precision
    assert size.max() <= 10 / 255 * (1 + 1e-6)
    singular = perturbations["method"].values == "singular_vector"
    np.testing.assert_allclose(size[singular], 10 / 255, rtol=1e-6)
    assert [(seed, count) for seed, count, _ in vectors(perturbations, "batch_sweep")] == [
        (0, 2),
        (1, 2),
        (0, 4),
        (1, 4),
    ]
    assert perturbations.sizes["candidate"] == 2 * 2 * 2


def test_the_choice_has_the_largest_mean_fooling_on_selection_images(perturbations):
    frame = perturbations[["layer", "q", "selection_fooling"]].to_dataframe()
    means = frame.groupby(["layer", "q"])["selection_fooling"].mean()
    assert means[perturbations.attrs["layer"], perturbations.attrs["q"]] == means.max()


def test_shown_images_are_fooled_by_the_first_singular_vector(data, model, perturbations):
    source, (images, _) = classifier(VGG, PIXELS, model), stored(data, "test")
    _, _, v = next(iter(vectors(perturbations, "singular_vector")))
    shown = images[torch.from_numpy(perturbations["shown"].values)]
    np.testing.assert_array_equal(perturbations["before"], source.classes(shown))
    np.testing.assert_array_equal(perturbations["after"], source.classes(shown, v))
    assert bool((perturbations["before"] != perturbations["after"]).all())


def test_a_perturbation_of_zero_fools_nothing_and_images_stay_in_range(data, model):
    source, (images, _) = classifier(VGG, PIXELS, model), stored(data, "test")
    np.testing.assert_array_equal(source.classes(images), source.classes(images, torch.zeros(3, 32, 32)))
    assert float(unit(images).max()) <= 1


def test_rows_compare_with_the_control(table):
    singular, at = "singular_vector_from_vgg16", {"case": "tested_on_vgg16", "x": 10.0}
    rates = values(table, method=singular, quantity="fooling_rate", **at)
    control = values(table, method="random_sign", quantity="fooling_rate", **at)
    (excess,) = values(table, method=singular, quantity="excess", **at)
    low, high = (values(table, method=singular, quantity=f"excess_{end}", **at)[0] for end in ("low", "high"))
    assert excess == pytest.approx(rates.mean() - control.mean(), abs=1e-12)
    assert low <= excess <= high
    assert len(rates) == len(control) == 2
    assert set(values(table, case="tested_on_vgg16", quantity="step_share")) <= set(ATTACK.gradient_shares)
    assert set(table.loc[table["method"] == "random_sign", "x"].dropna()) == {5.0, 10.0, 20.0}


def test_errors_of_fractions_are_near_the_binomial_ones(table):
    at = {"case": "tested_on_vgg16", "method": "random_sign", "quantity": "fooled_of_correct"}
    rows = table[np.logical_and.reduce([table[key] == value for key, value in at.items()])]
    right = values(table, case="accuracy", quantity="test_accuracy")[0] * PARTS.test
    assert right > 0
    expected = np.sqrt(rows["value"] * (1 - rows["value"]) / right)
    # few resamplings, and samples differ in how many images are classified rightly
    np.testing.assert_allclose(rows["se"], expected, rtol=0.5, atol=0.01)
    sweep = table[(table["case"] == "q_sweep") & (table["quantity"] == "fooling_rate")]
    np.testing.assert_allclose(sweep["se"], np.sqrt(sweep["value"] * (1 - sweep["value"]) / PARTS.selection))


def test_the_bootstrap_of_a_fraction_has_its_binomial_error():
    fooled = np.arange(400)[:, None] % 4 == 0
    weights = resampled(400, 4000, seed=0)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    spread = pooled(fooled, weights, rng=np.random.default_rng(0)).std()
    # sqrt(p (1 - p) / n); 4,000 samples give the standard deviation to a hundredth
    assert spread == pytest.approx(np.sqrt(0.25 * 0.75 / 400), rel=0.05)


def test_seeds_that_differ_widen_the_interval():
    equal, unequal = np.zeros((100, 2), dtype=bool), np.zeros((100, 2), dtype=bool)
    unequal[:, 1] = True
    weights = resampled(100, 500, seed=0)
    rng = np.random.default_rng(0)
    assert pooled(equal, weights, rng=rng).std() == 0
    # the standard error of the mean of 0 and 1
    assert pooled(unequal, weights, rng=rng).std() == pytest.approx(np.std([0, 1], ddof=1) / np.sqrt(2), rel=0.1)


def test_figures_draw_the_rows_of_the_table(table):
    measured = aggregated([table]).assign(published=np.nan)
    heat = transfer_figure(table=measured).axes[0].images[0].get_array()
    rates = measured[(measured["quantity"] == "fooling_rate") & (measured["case"] == "tested_on_vgg16")]
    at_norm = rates[rates["x"] == 10.0].set_index("method")["value"]
    np.testing.assert_array_equal(heat, [at_norm[["singular_vector_from_vgg16", "random_sign"]]])
    figure = sweep_figure(table=measured)
    for line, method in zip(figure.axes[0].lines, ("singular_vector_from_vgg16", "random_sign"), strict=False):
        curve = rates[rates["method"] == method].sort_values("x")
        np.testing.assert_array_equal(line.get_xydata(), curve[["x", "value"]])
    sweep = measured[(measured["quantity"] == "fooling_rate") & (measured["case"] == "q_sweep")]
    assert [container.get_label() for container in figure.axes[2].containers] == [
        "VGG-16 block1_pool",
        "VGG-16 block2_pool",
    ]
    drawn = np.concatenate([container.lines[0].get_ydata() for container in figure.axes[2].containers])
    np.testing.assert_array_equal(drawn, sweep.sort_values(["method", "x"])["value"])


def test_the_figure_of_examples_shows_the_perturbed_images_and_their_classes(data, perturbations):
    figure = example_figure(data=data, perturbations=[perturbations], names=["vgg16"])
    _, _, v = next(iter(vectors(perturbations, "singular_vector")))
    classes = data.attrs["classes"]
    count = min(6, perturbations.sizes["example"])
    assert count > 0
    for ax, index, before, after in zip(
        figure.axes, *(perturbations[name].values for name in ("shown", "before", "after")), strict=False
    ):
        image = np.clip(data["image"].values[index] / 255 + v.numpy(), 0, 1)
        np.testing.assert_array_equal(ax.images[0].get_array(), np.moveaxis(image, 0, -1))
        assert ax.get_title() == f"{classes[before]}\n→ {classes[after]}"
    assert [ax.axison for ax in figure.axes] == [True] * count + [False] * (6 - count)


def test_claims_name_rows_that_the_evaluation_writes(table):
    # the tabulation makes means of what the evaluations of several networks write
    made = {mean.quantity for mean in means()}
    here = [claim for claim in claims() if "vgg19" not in claim.name and "resnet50" not in claim.name]
    here = [claim for claim in here if claim.measured[0].quantity not in made]
    assert [claim.name for claim in here] == [
        "singular_vector_fools_vgg16",
        "singular_vector_beats_random_signs_on_vgg16",
        "singular_vector_beats_sgd_uap_on_vgg16",
        "singular_vector_beats_sequential_uap_on_vgg16",
        "published_rate_vgg16_to_vgg16",
    ]
    for claim in here:
        for rows in claim.measured:
            assert len(values(table, case=rows.case, method=rows.method, quantity=rows.quantity)) > 0, claim.name
        for size in claim.needs:
            assert len(values(table, case=size.case, method=size.method, quantity=size.quantity)) > 0, claim.name
    for mean in means():
        case, method = "tested_on_vgg16", "singular_vector_from_vgg16"
        assert (case, method) in mean.members
        assert len(values(table, case=case, method=method, quantity=mean.of)) > 0


def test_full_networks_take_a_file_of_weights_and_photographs(tmp_path):
    """The published form and its 224 pixels, with random weights and drawn pictures in place of the user's."""
    rng = np.random.default_rng(0)
    for folder, count in (("cat", 3), ("dog", 3)):
        (tmp_path / folder).mkdir()
        for index in range(count):
            picture = rng.integers(0, 256, size=(40, 60, 3), dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / folder / f"{index}.png")
    (tmp_path / "cat" / "note.txt").write_text("no picture")
    images = read_inputs({"images": tmp_path})["images"]
    data = photographs(Photographs(parts=Parts(test=2, selection=2, train=2), size=224), images=images)
    assert data["image"].shape == (6, 3, 224, 224)
    assert np.bincount(data["label"].values).tolist() == [3, 3]
    published = replace(VGG, architecture="resnet50", width=64, classes=1000, full=True, layers=("pool1",))
    torch.save(network(published, seed=3).state_dict(), tmp_path / "resnet50.pth")
    weights = read_inputs({"weights": tmp_path / "resnet50.pth"})["weights"]
    run = Run(pixels=PIXELS, network=published)
    checkpoint = Checkpoint(tmp_path / "c", stamp="s")
    state = imported(run, weights=weights, seed=0, checkpoint=checkpoint, device="cpu").state
    source, (images, _) = classifier(published, PIXELS, state), stored(data, "test")
    attack = replace(ATTACK, iterations=2, restarts=1)
    largest = candidates(source, unit(images[:1]), attack, layer="pool1", q=[3], seed=0)[0][0]
    assert largest.history[-1] > largest.history[0] > 0
    assert source.classes(images).shape == (2,)


def test_files_of_weights_older_than_the_counters_fit_and_others_are_refused(tmp_path):
    resnet = replace(VGG, architecture="resnet50", layers=("pool1",))
    run, checkpoint = Run(pixels=PIXELS, network=resnet), Checkpoint(tmp_path / "c", stamp="s")

    def result(weights):
        return imported(run, weights=weights, seed=0, checkpoint=checkpoint, device="cpu").state

    state = network(resnet, seed=0).state_dict()
    old = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    assert set(result(old)) == set(state)
    with pytest.raises(ValueError, match=r"lacks conv1\.weight"):
        result({name: value for name, value in old.items() if name != "conv1.weight"})
    with pytest.raises(ValueError, match=r"fc\.weight has the shape"):
        result(old | {"fc.weight": torch.zeros(2, 2)})


def test_what_is_no_file_of_weights_is_named(tmp_path):
    (tmp_path / "a.pth").write_bytes(b"no zip")
    torch.save([1, 2], tmp_path / "b.pth")
    for name in ("a", "b"):
        with pytest.raises(ValueError, match=rf"{name}\.pth"):
            user_files.read_weights(tmp_path / f"{name}.pth")


def test_too_few_photographs_are_counted(tmp_path):
    Image.fromarray(np.zeros((40, 40, 3), dtype=np.uint8)).save(tmp_path / "one.png")
    images = read_inputs({"images": tmp_path})["images"]
    with pytest.raises(ValueError, match="holds 1"):
        photographs(Photographs(parts=Parts(test=2, selection=2, train=2), size=32), images=images)


def test_few_photographs_of_many_come_from_all_over_the_folder_and_keep_their_class(tmp_path):
    for label in range(5):
        (tmp_path / f"class{label}").mkdir()
        for index in range(4):
            picture = np.full((40, 40, 3), 10 * label, dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / f"class{label}" / f"{index}.png")
    images = read_inputs({"images": tmp_path})["images"]
    data = photographs(Photographs(parts=Parts(test=6, selection=2, train=2), size=32), images=images)
    assert np.bincount(data["label"].values).tolist() == [2] * 5
    np.testing.assert_array_equal(data["image"].values.reshape(10, -1).max(axis=1), 10 * data["label"].values)
    fewer = photographs(Photographs(parts=Parts(test=2, selection=2, train=2), size=32), images=images)
    np.testing.assert_array_equal(fewer["image"].values.reshape(6, -1).max(axis=1), 10 * fewer["label"].values)


def test_the_middle_of_a_photograph_is_cut_out():
    picture = np.zeros((64, 128, 3), dtype=np.uint8)
    picture[:, 40:88] = 200
    # 64 rows become 64 pixels, and 56 of them stay: columns 36 to 92 of 128
    square = cut(picture, 56)
    assert square.shape == (56, 56, 3)
    assert square[:, 8:48].min() == 200
    assert square[:, :3].max() == 0


def test_the_published_experiment_is_a_configuration(root):
    merged = yaml.safe_load((root / "config" / "adversarial.yaml").read_text())["adversarial"]
    overlay = yaml.safe_load((root / "config" / "adversarial_imagenet.yaml").read_text())["adversarial"]
    for key, value in overlay.items():
        if key == "networks":
            merged[key] = {name: section | value[name] for name, section in merged[key].items()}
        else:
            merged[key] = merged[key] | value if isinstance(value, dict) else value
    settings = parse(Settings, merged, path="adversarial")
    assert set(settings.weights) == set(settings.enabled) == {"vgg16", "vgg19", "resnet50"}
    assert all(network.full and network.width == 64 for network in settings.enabled.values())
