"""Stage: a network from data; resumes from a checkpoint of the same code, settings, seed and data."""

from hashlib import sha256
from json import dumps
from pathlib import Path

import pandas as pd
import torch

from job import logged, result
from mlsim.storage import write_model, write_table
from mlsim.training.devices import available
from mlsim.training.resume import Checkpoint

with logged(snakemake):
    torch.set_num_threads(snakemake.threads)
    # numbers below 1.2e-38 are zero in this process: a CPU takes up to a hundred times as long for them
    torch.set_flush_denormal(True)
    data = [sha256(Path(path).read_bytes()).hexdigest() for path in snakemake.input]
    arguments = snakemake.params.get("arguments", {})
    stamp = dumps([snakemake.params.code, snakemake.params.settings, arguments, data])
    checkpoint = Checkpoint(Path(snakemake.output.model).with_name("checkpoint.pt"), stamp=stamp)
    # rules without a `gpu` resource train on the CPU
    asks = snakemake.resources.get("gpu", 0)
    device = available(snakemake.config.get("device", "auto")) if asks else "cpu"
    trained = result(snakemake, checkpoint=checkpoint, device=device)
    write_table(pd.DataFrame(trained.history).assign(device=device), snakemake.output.history)
    write_model(trained.state, snakemake.output.model)
    checkpoint.remove()
