"""What all stage scripts share: the log, the function that the rule names, its settings and its inputs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from json import loads
from typing import Any, get_type_hints

from mlsim.config import parse
from mlsim.inputs import read_inputs
from mlsim.logs import job_log
from mlsim.memory import keep_freed_memory

# While modules are imported the collector looks through all that they define, again and again, and finds nothing: a
# fifth of the time. This module is the first import of every script; what runs long turns the collector on again.
gc.disable()


@contextmanager
def logged(snakemake: Any) -> Iterator[None]:
    """Everything said in the block goes to the job's log, uncaught exceptions included."""
    with job_log(snakemake.log[0], title=f"{snakemake.rule} {dict(snakemake.wildcards)}"):
        keep_freed_memory()
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
    gc.freeze()  # modules and inputs are here to stay: the collector need not look at them
    gc.enable()
    return function(**arguments)
