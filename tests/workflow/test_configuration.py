"""A wrong configuration ends in one line that names the key, before any job starts."""

import json
import subprocess
import sys
from copy import deepcopy
from functools import cache

import pytest
import yaml
from jsonschema import Draft202012Validator
from pipeline import ROOT, STUDIES, snakemake

from mlsim.config import ConfigError

sys.path.insert(0, str(ROOT / "workflow"))
import configuration

SMOKE = ROOT / "config" / "smoke.yaml"

# overlay, what the message has to name
WRONG = {
    "unknown study": ("topoptt: {}", "topoptt"),
    "unknown key": ("topopt: {colour: red}", "topopt.colour"),
    "misspelt key deep inside": ("topopt: {simulation: {filter_raduis: 1.5}}", "topopt.simulation.filter_raduis"),
    "unknown key of a variant": (
        "topopt: {variants: {cnn_uniform: {smapler: uniform}}}",
        "variants.cnn_uniform.smapler",
    ),
    "number that YAML reads as text": ("topopt: {training: {peak_rate: 1e-3}}", "topopt.training.peak_rate"),
    "text for a number": ("topopt: {problems: {train: many}}", "topopt.problems.train"),
    "fraction for an integer": ("topopt: {seed: 0.5}", "topopt.seed"),
    "volume fraction out of range": ("topopt: {load_cases: {volume_mean: 1.5}}", "volume_mean"),
    "volume of an example out of range": (
        "topopt: {examples: {cantilever: {volume_fraction: 1.2}}}",
        "volume_fraction",
    ),
    "volume fraction of heat out of range": ("topopt: {heat: {volume_mean: 2.0}}", "topopt.heat"),
    "law without loads": ("topopt: {load_cases: {mean_loads: 1.0e-9}}", "topopt.load_cases"),
    "variant named as a classical method": (
        "topopt: {variants: {thresholding: {sampler: uniform}}}",
        "topopt.variants.thresholding is the name of a built-in method",
    ),
    "mean of a law that has none": ("topopt: {variants: {cnn_uniform: {mean: 7.0}}}", "cnn_uniform"),
    "one iteration twice": ("topopt: {evaluation: {iterations: [5, 5]}}", "iterations"),
    "load case without support": ("topopt: {examples: {cantilever: {fixed_x: []}}}", "topopt.examples.cantilever"),
    "load case that can turn": (
        "topopt: {examples: {cantilever: {fixed_x: [[0, 0]], fixed_y: [[0, 40]]}}}",
        "topopt.examples.cantilever",
    ),
    "load on a support": ("topopt: {examples: {cantilever: {loads: [left]}}}", "loads"),
    "node outside the grid": ("topopt: {examples: {cantilever: {loads: [[41, 0]]}}}", "loads[0][0]"),
    "section replaced by a number": ("topopt: 5", "topopt"),
    "section emptied": ("topopt: {training: }", "topopt.training"),
    "sampler that does not exist": ("topopt: {variants: {cnn_uniform: {sampler: normal}}}", "cnn_uniform.sampler"),
    "equal seeds": ("topopt: {seeds: [1, 1]}", "seeds"),
    "iteration beyond the run": ("topopt: {evaluation: {iterations: [5, 101]}}", "iterations"),
    "device that does not exist": ("device: gpu", "device"),
    "not a number": ("topopt: {training: {peak_rate: .nan}}", "topopt.training.peak_rate"),
    "variant that is no file name": ("topopt: {variants: {CNN/x: {sampler: uniform}}}", "CNN/x"),
    "shown network that is not trained": ("topopt: {shown: cnn_uniform_released}", "shown"),
    "too few samples for the minibatches of the released code": (
        "topopt: {training: {samples: 256, validations: 5}, variants: {mine: {sampler: uniform, protocol: released}}}",
        "topopt",
    ),
    "grid that cannot be coarsened": (
        "multigrid: {problems: {poisson_2d: {x: [7, 16]}}}",
        "multigrid.problems.poisson_2d.x",
    ),
    "cycle for a problem that does not exist": (
        "multigrid: {variants: {dmg: {problem: poisson_3d}}}",
        "multigrid.variants.dmg.problem",
    ),
    "dense loss of a large matrix": ("multigrid: {problems: {helmholtz_1d: {size: 255}}}", "helmholtz_1d.size"),
    "one wave number twice": ("multigrid: {problems: {helmholtz_1d: {x: [5, 5]}}}", "helmholtz_1d.x"),
    "stencils of a cycle that learns none": ("multigrid: {shown: smoother_weights}", "multigrid.shown"),
    "code that does not exist": ("autodiff: {array_codes: {heat: {sizes: [8]}}}", "autodiff.array_codes"),
    "steps of a code that has none": (
        "autodiff: {scalar_codes: {scalar_fem: {steps: 3}}}",
        "scalar_codes.scalar_fem.steps",
    ),
    "sizes that descend": ("autodiff: {array_codes: {fem: {sizes: [12, 6]}}}", "autodiff.array_codes.fem.sizes"),
    "grid that is no tree of blocks": ("multiscale: {problems: {nlse_1d: {size: 100}}}", "multiscale.problems.nlse_1d"),
    "network that needs a line on a square": (
        "multiscale: {variants: {darcy_fno: {network: dense}}}",
        "multiscale.variants.darcy_fno.network",
    ),
    "more samples than there are": ("multiscale: {variants: {mnn_h: {samples: 70}}}", "variants.mnn_h.samples"),
    "network named as a baseline": (
        "multiscale: {variants: {ridge: {problem: nlse_1d, network: dense, steps: 8, batch: 8, rate: 0.1}}}",
        "multiscale.variants",
    ),
    "predictions of a network that is not trained": ("multiscale: {shown: [dense]}", "multiscale.shown"),
    "wavelet that is not orthonormal": (
        "wavelets: {compression: {bases: [db2, bior2.2]}}",
        "wavelets.compression.bases",
    ),
    "levels that do not halve": ("wavelets: {operators: {levels: 9}}", "wavelets.operators.levels"),
    "last level of even size": ("wavelets: {operators: {network_levels: 3}}", "operators.network_levels"),
    "band that is not evaluated": ("wavelets: {learned_operators: {bands: [7]}}", "learned_operators.bands"),
    "learned filters named as known ones": (
        "wavelets: {variants: {db4: {form: lattice, lengths: [8]}}}",
        "wavelets.variants",
    ),
    "coarse grid that is none": ("residual: {states: {ratios: [2, 7]}}", "residual.states.ratios"),
    "residual against a grid that is not solved": (
        "residual: {corrections: {dense: {residual: [32]}}}",
        "residual.corrections.dense.residual",
    ),
    "odd depth of blocks of two": ("residual: {stacks: {mgnet: {depths: [5]}}}", "residual.stacks.mgnet.depths"),
    "even kernel": ("residual: {shape: {width: 8}}", "residual.shape.width"),
    "network named as a method": (
        "residual: {stacks: {direct: {network: skip, initial: he, depths: [2], "
        "steps: 5, batch: 4, rate: 0.1, validations: 1}}}",
        "residual.stacks",
    ),
    "odd number of modes": (
        "expressivity: {tensors: {ranks: [{n: 2, r: 2, d: [5]}]}}",
        "expressivity.tensors.ranks[0].d",
    ),
    "more words than there are": (
        "expressivity: {data: {teacher: {train: 100000}}}",
        "expressivity.data.teacher.train",
    ),
    "patch that does not fit": ("expressivity: {tasks: {digits_2x2: {patch: 3}}}", "tasks.digits_2x2.patch"),
    "nothing to match": ("expressivity: {variants: {tt: {enabled: false}}}", "expressivity.variants"),
    "law that does not exist": (
        "generative: {variants: {ring8_edm: {case: ring9}}}",
        "generative.variants.ring8_edm.case",
    ),
    "model whose name is not its case": (
        "generative: {variants: {edm: {case: grid25, kind: edm, rate: 0.001, hidden: [8]}}}",
        "generative.variants",
    ),
    "pack that does not divide the batch": (
        "generative: {variants: {grid25_pacgan2: {pack: 3}}}",
        "generative.variants.grid25_pacgan2.pack",
    ),
    "too few true samples for the floors": ("generative: {cases: {darcy_1d: {test: 10}}}", "cases.darcy_1d.test"),
    "figure of a law that is not learned": ("generative: {shown: ring8}", "generative.shown"),
    "layer that the network lacks": (
        "adversarial: {networks: {vgg16: {layers: [block6_pool]}}}",
        "adversarial.networks.vgg16.layers",
    ),
    "more construction images than there are": ("adversarial: {attack: {images: 1000}}", "adversarial.attack.images"),
    "exponent below one": ("adversarial: {attack: {q: [0.5]}}", "adversarial.attack.q"),
    "images too small to pool": ("adversarial: {rendering: {size: 20}}", "adversarial.rendering.size"),
    "classes that are not drawn": ("adversarial: {networks: {vgg16: {classes: 3}}}", "networks.vgg16.classes"),
    "photographs without weights": ("adversarial: {images: folder}", "adversarial.weights"),
    "weights of a network that is not attacked": ("adversarial: {weights: {alexnet: a.pth}}", "adversarial.weights"),
    "photograph that nobody has": (
        "image_prior: {images: {astronaut: {source: lena}}}",
        "image_prior.images.astronaut.source",
    ),
    "side that does not halve": ("image_prior: {images: {astronaut: {rows: 100}}}", "images.astronaut.rows"),
    "task without its image": (
        "image_prior: {tasks: {denoise_coffee: {image: tea}}}",
        "image_prior.tasks.denoise_coffee.image",
    ),
    "file without its folder": ("image_prior: {images: {astronaut: {source: mine.png}}}", "image_prior.folder"),
    "window that is no multiple": ("image_prior: {fitting: {window: 12}}", "image_prior.fitting.window"),
    "even number of layers of resistors": (
        "surrogate: {variants: {resistor: {widths: [8, 8]}}}",
        "surrogate.variants.resistor.widths",
    ),
    "batch larger than a training set": ("surrogate: {variants: {mlp: {batch: 2000}}}", "surrogate.variants.mlp.batch"),
    "surface without its origin": ("landscape: {analysis: {points: 20}}", "landscape.analysis.points"),
    "rate that is not trained": ("landscape: {variants: {pinn: {shown: 0.5}}}", "landscape.variants.pinn.shown"),
    "two trainings of one kind": (
        "landscape: {variants: {pinn_again: {network: pinn, optimiser: adam, rates: [0.1], shown: 0.1, steps: 5}}}",
        "landscape.variants",
    ),
    "equal seeds of one network": ("landscape: {variants: {mnn_h: {seeds: [0, 0]}}}", "landscape.variants.mnn_h.seeds"),
    "one direction for a surface": ("landscape: {analysis: {directions: 1}}", "landscape.analysis.directions"),
    "solution that is zero": ("landscape: {poisson: {amplitudes: [0.0, 0.0]}}", "landscape.poisson.amplitudes"),
    "negative taps": ("landscape: {states: {taps: -3}}", "landscape.states.taps"),
    "blocks that do not fit": ("landscape: {states: {points: 42}}", "landscape.states.points"),
    "whole training not kept": ("landscape: {analysis: {kept: [0.0, 0.5]}}", "landscape.analysis.kept"),
    "window wider than the data": (
        "discovery: {equations: {burgers: {pde_find: {windows: {time: 60}}}}}",
        "discovery.equations.burgers.pde_find.windows",
    ),
    "polynomial without the derivative": (
        "discovery: {equations: {ks: {pde_find: {windows: {degree: 4}}}}}",
        "equations.ks.pde_find.windows.degree",
    ),
    "noise that falls": ("discovery: {lorenz: {trajectory: {noise: [1, 0]}}}", "discovery.lorenz.trajectory.noise"),
    "network for noise that is not observed": (
        "discovery: {lorenz: {networks: {neural_ode: {noise: [7]}}}}",
        "discovery.lorenz.networks.neural_ode.noise",
    ),
    "odd number of parameters of layers": ("blackbox: {problems: {layers: {dimensions: [3]}}}", "layers.dimensions"),
    "segments that do not divide the bar": ("blackbox: {problems: {bar: {dimensions: [5]}}}", "bar.dimensions"),
    "window as narrow as the degree": (
        "discovery: {lorenz: {sindy: {window: 0.004}}}",
        "lorenz.sindy.window",
    ),
    "segment longer than the trajectory": (
        "discovery: {lorenz: {networks: {neural_ode: {spacing: 5000}}}}",
        "lorenz.networks.neural_ode.spacing",
    ),
    "step longer than a forecast": ("discovery: {lorenz: {forecasts: {longest: 0.001}}}", "lorenz.forecasts.step"),
    "batch beyond the images of the training": (
        "adversarial: {networks: {vgg16: {batch: 100000}}}",
        "networks.vgg16.batch",
    ),
    "no hourglass": (
        "image_prior: {priors: {dip: {network: deep_decoder}}}",
        "image_prior.variants",
    ),
    "boxes longer than the data": (
        "discovery: {equations: {burgers: {weak: {half_widths: [2.0, 5.0]}}}}",
        "burgers.weak.half_widths",
    ),
    "boxes wider than half the period": (
        "discovery: {equations: {burgers: {weak: {half_widths: [8.0, 2.0]}}}}",
        "burgers.weak.half_widths",
    ),
    "compared boxes longer than the data": (
        "discovery: {equations: {burgers: {weak: {scales: [1.0, 3.0]}}}}",
        "burgers.weak.scales",
    ),
    "compared boxes between two points": (
        "discovery: {equations: {burgers: {weak: {scales: [0.01, 1.0]}}}}",
        "burgers.weak.scales",
    ),
    "boxes compared twice": (
        "discovery: {equations: {burgers: {weak: {scales: [1.0, 1.0]}}}}",
        "burgers.weak.scales",
    ),
    "rank beyond the snapshots": (
        "discovery: {equations: {burgers: {pde_find: {rank: 1000}}}}",
        "burgers.pde_find.rank",
    ),
    "sample of one point": ("discovery: {equations: {burgers: {pde_find: {sample: 1}}}}", "burgers.pde_find.sample"),
    "equal seeds of networks": ("discovery: {network_seeds: [1, 1]}", "discovery.network_seeds"),
    "wide fields that are none": ("surrogate: {fields: {wide_spread: 1.0}}", "surrogate.fields.wide_spread"),
    "tolerance below what searches can tell": ("blackbox: {budget: {tolerance: 1.0e-12}}", "blackbox.budget.tolerance"),
    "mesh too coarse for its layers": ("blackbox: {problems: {layers: {cells: 6}}}", "problems.layers.cells"),
    "source narrower than a cell": ("blackbox: {problems: {bar: {width: 0.001}}}", "problems.bar.width"),
    "tolerance above the start": ("blackbox: {budget: {tolerance: 2.0}}", "blackbox.budget.tolerance"),
    "segment longer than the run": ("autodiff: {checkpointing: {segments: [1000]}}", "checkpointing.segments"),
}


# one of each section
SECTIONS = {next(iter(yaml.safe_load(text))): mistake for mistake, (text, _) in reversed(WRONG.items())}


@cache
def smoke_size():
    """The configuration of the smoke size."""
    return configuration.read([*configuration.FILES, SMOKE])


def refusal(text: str) -> str:
    """What the check of a configuration says of the smoke size with an overlay; nothing if all is well."""
    config = deepcopy(smoke_size())
    configuration.merge(config, yaml.safe_load(text))
    try:
        configuration.all_settings(config)
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("mistake", WRONG)
def test_mistake_is_named_in_one_line(mistake):
    text, named = WRONG[mistake]
    message = refusal(text)
    assert named in message
    assert "\n" not in message
    assert any(word in message.lower() for word in ("allowed", "did you mean", "write", "choose", "needs")), message


def test_the_smoke_size_itself_has_no_mistake():
    assert not refusal("{}")


@pytest.mark.parametrize("section", SECTIONS)
def test_mistake_in_a_file_is_named_as_it_is_in_the_merged_configuration(tmp_path, section):
    text, _ = WRONG[SECTIONS[section]]
    overlay = tmp_path / "wrong.yaml"
    overlay.write_text(text)
    assert configuration.mistake([SMOKE, overlay]) == refusal(text)


# the workflow reads all sections in one call: a section that does not exist, and the last one
@pytest.mark.slow
@pytest.mark.parametrize("mistake", ["unknown study", SECTIONS[configuration.STUDIES[-1]]])
def test_mistake_ends_the_run_before_any_job(tmp_path, mistake):
    text, _ = WRONG[mistake]
    overlay = tmp_path / "wrong.yaml"
    overlay.write_text(text)
    run = snakemake("--cores", "1", directory=tmp_path, overlays=(overlay,))
    assert run.returncode != 0
    assert run.stdout.splitlines()[-1] == f"error: {refusal(text)}"
    assert "Traceback" not in run.stdout
    assert not (tmp_path / "results").exists()


# content of a file, what the message says after its path
UNREADABLE = {
    "nothing": (b"", " is empty"),
    "comments": (b"# topopt\n", " is empty"),
    "Latin-1": ("topopt: {seed: 1}  # caf\xe9".encode("latin-1"), " is not UTF-8 from byte 24 on"),
    "UTF-16": ("topopt: {seed: 1}".encode("utf-16"), " is not UTF-8 from byte 0 on"),
    "list": (b"- topopt", " is not a mapping"),
    "key twice": (b"topopt:\n  seed: 1\n  seed: 2\n", ":3: topopt.seed is given twice, first in line 2: remove"),
    "section twice": (b"topopt: {seed: 1}\ntopopt: {seed: 2}\n", ":2: topopt is given twice, first in line 1: remove"),
    "key twice in a list": (b"a: [{n: 1, n: 2}]", ":1: a.n is given twice"),
    "open bracket": (b"topopt: [1\n", ":2: "),
    "tab": (b"topopt:\n\tseed: 1\n", ":2: "),
}


@pytest.mark.parametrize("mistake", UNREADABLE)
def test_file_that_cannot_be_read_is_named_in_one_line(tmp_path, mistake):
    content, words = UNREADABLE[mistake]
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    message = configuration.mistake([SMOKE, file])
    assert message.startswith(f"{file}{words}")
    assert "\n" not in message


def test_equal_keys_of_different_sections_and_json_with_tabs_are_read(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text('{\t"topopt": {"seed": 1}, "multigrid": {"seed": 2}}')
    assert configuration.read([file]) == {"topopt": {"seed": 1}, "multigrid": {"seed": 2}}
    assert configuration.mistake([SMOKE, file]) == ""


@pytest.mark.slow
def test_the_command_refuses_before_it_starts_snakemake(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("topopt: {seed: 1, seed: 2}")
    command = [sys.executable, "workflow/reproduce.py", "--directory", str(tmp_path / "run"), "--overlay", str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith(f"error: {file}:1: topopt.seed is given twice")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_snakemake_alone_refuses_a_key_given_twice(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("topopt: {seed: 1, seed: 2}")
    run = snakemake("--cores", "1", directory=tmp_path, overlays=(file,))
    assert run.returncode != 0
    assert run.stdout.splitlines()[-1].startswith(f"error: {file}:1: topopt.seed is given twice")


def test_schema_accepts_the_files_and_refuses_mistakes():
    schema = json.loads((ROOT / "config" / "schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for file in (ROOT / "config").glob("*.yaml"):
        validator.validate(configuration.read([file]))
        assert file.read_text().startswith("# yaml-language-server: $schema=schema.json\n")
    for wrong in ("topoptt: {}", "topopt: {seed: -1}", "topopt: {colour: red}", "topopt: {variants: {A: {}}}"):
        assert not validator.is_valid(yaml.safe_load(wrong))


def test_every_study_has_a_mistake():
    assert set(STUDIES) <= set(SECTIONS)


def test_yaml_exponent_is_explained():
    assert "1.0e-3" in refusal("topopt: {training: {peak_rate: 1e-3}}")


def depth(value) -> int:
    """Number of keys on the longest way to a value."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return max(map(depth, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda file: file.stem)
def test_configuration_files_hold_studies_alone_and_values_at_most_six_keys_deep(file):
    sections = configuration.read([file])
    assert set(sections) <= {*STUDIES, "device"}
    # discovery.equations.burgers.pde_find.windows.degree is the deepest
    assert depth(sections) <= 6
