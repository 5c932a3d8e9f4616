"""Each rule passes what its function takes, settings that parse, and what it needs of the machine."""

import inspect
from json import loads
from typing import get_type_hints

import pytest
from pipeline import ROOT, STUDIES
from snakemake.api import SnakemakeApi
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings

from mlsim.config import parse

ADDED = {"train": {"checkpoint", "device"}}  # by the stage script


def named(reference):
    """The function called ``module:name``."""
    module, _, name = reference.partition(":")
    return getattr(__import__(module, fromlist=[name]), name)


def jobs_planned(folder, overlay):
    """All jobs of a run without earlier results."""
    output = OutputSettings(dryrun=True, quiet={Quietness.ALL})
    with SnakemakeApi(output) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=[ROOT / "config" / overlay]),
            snakefile=ROOT / "Snakefile",
            workdir=folder,
        )
        workflow.dag(DAGSettings(forceall=True)).execute_workflow(executor="dryrun")
        return list(workflow._workflow.dag.jobs)


@pytest.fixture(scope="module", params=["smoke.yaml", "paper.yaml"])
def size(request):
    return request.param


@pytest.fixture(scope="module")
def all_jobs(tmp_path_factory, size):
    return jobs_planned(tmp_path_factory.mktemp("calls"), size)


@pytest.fixture(scope="module")
def jobs(all_jobs):
    """One of each rule."""
    return {job.rule.name: job for job in all_jobs}


def test_rules_pass_what_their_functions_take(jobs):
    checked = 0
    for name, job in jobs.items():
        params = dict(job.params.items())
        if "function" not in params or "study" in params:
            continue
        function = named(params["function"])
        passed = {key for key, _ in job.input.items()} | set(params.get("arguments", {}))
        stage = job.rule.script.rsplit("/", 1)[-1].removesuffix(".py")
        passed |= ADDED.get(stage, set()) | ({"settings"} if "settings" in params else set())
        taken = inspect.signature(function).parameters
        needed = {key for key, parameter in taken.items() if parameter.default is parameter.empty}
        assert needed <= passed <= set(taken), (
            f"{name}: {params['function']} takes {sorted(taken)}, not {sorted(passed)}"
        )
        if "settings" in params:
            parse(get_type_hints(function)["settings"], loads(params["settings"]), path=name)
        checked += 1
    assert checked > 100


def test_functions_without_arguments_exist_and_take_none(jobs):
    references = [
        params[key]
        for job in jobs.values()
        for params in [dict(job.params.items())]
        for key in ("layouts", "means")
        if key in params
    ]
    assert references
    for reference in references:
        assert not inspect.signature(named(reference)).parameters


def test_rules_declare_threads_memory_and_run_time(jobs):
    declared = {name: job.rule.resources for name, job in jobs.items() if name not in {"all", *STUDIES}}
    assert len(declared) > 100
    for name, resources in declared.items():
        assert {"_cores", "mem_mb", "runtime"} <= set(resources), name
    assert "gpu" in declared["topopt_train"]


def test_the_paper_size_trains_ten_networks_from_three_seeds_each_the_others_five_from_one(all_jobs, size):
    trained = sum(job.rule.name == "topopt_train" for job in all_jobs)
    assert trained == (10 * 3 if size == "paper.yaml" else 5)
