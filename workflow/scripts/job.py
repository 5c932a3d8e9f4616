"""Shared by all stage scripts: the log, the function that the rule names, its settings and its inputs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from json import loads
from typing import Any, get_type_hints

from mlsim.config import parse
from mlsim.inputs import read_inputs
from mlsim.logs import job_log


@contextmanager
def logged(snakemake: Any) -> Iterator[None]:
    """All output of the block goes to the job's log, with uncaught exceptions."""
    with job_log(snakemake.log[0], title=f"{snakemake.rule} {dict(snakemake.wildcards)}"):
        yield


def named(reference: str) -> Any:
    """The function called ``module:name``."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


def quantities_beside(reference: str) -> dict[str, Any]:
    """Registered quantities of the study that holds the function ``module:name``: arguments of ``tables.metrics``.

    They are looked up here, so that they stay out of the code hash: a reworded meaning reruns nothing. A removed or
    renamed quantity shows when its evaluation is next run, and in the tests, which compare registries with tables.
    """
    study = ".".join(reference.split(".")[:3])
    source = f"src/{study.replace('.', '/')}/quantities.py"
    return {"quantities": named(f"{study}.quantities:QUANTITIES"), "source": source}


def result(snakemake: Any, **extra: Any) -> Any:
    """Value of the rule's function: settings first, then the named inputs, the rule's arguments and ``extra``."""
    function = named(snakemake.params.function)
    arguments = {**read_inputs(dict(snakemake.input.items())), **snakemake.params.get("arguments", {}), **extra}
    settings = snakemake.params.get("settings")
    if settings is not None:
        cls = get_type_hints(function)["settings"]
        function = partial(function, parse(cls, loads(settings), path=snakemake.rule))
    return function(**arguments)
