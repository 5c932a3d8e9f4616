"""The lecture's table of contents: one target per study, and everything."""

import sys

sys.path.insert(0, f"{workflow.basedir}/workflow")
import configuration

STUDIES = configuration.STUDIES
configuration.exit_if_unreadable([*configuration.FILES, *workflow.configfiles])

for study in STUDIES:

    configfile: f"{workflow.basedir}/config/{study}.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/stages.smk"


for study in STUDIES:

    include: f"workflow/rules/{study}.smk"


include: "workflow/rules/summary.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        "results/replication.csv",
        "results/claims.csv",
        "results/environment.csv",
        "results/runtime.csv",
        [getattr(rules, study).input for study in STUDIES],
