"""The lecture's table of contents: one target per study, and everything."""


configfile: f"{workflow.basedir}/config/topopt.yaml"
configfile: f"{workflow.basedir}/config/multigrid.yaml"
configfile: f"{workflow.basedir}/config/autodiff.yaml"
configfile: f"{workflow.basedir}/config/multiscale.yaml"
configfile: f"{workflow.basedir}/config/wavelets.yaml"
configfile: f"{workflow.basedir}/config/residual.yaml"
configfile: f"{workflow.basedir}/config/expressivity.yaml"
configfile: f"{workflow.basedir}/config/generative.yaml"
configfile: f"{workflow.basedir}/config/adversarial.yaml"
configfile: f"{workflow.basedir}/config/image_prior.yaml"
configfile: f"{workflow.basedir}/config/surrogate.yaml"
configfile: f"{workflow.basedir}/config/landscape.yaml"
configfile: f"{workflow.basedir}/config/discovery.yaml"
configfile: f"{workflow.basedir}/config/blackbox.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/stages.smk"
include: "workflow/rules/topopt.smk"
include: "workflow/rules/multigrid.smk"
include: "workflow/rules/autodiff.smk"
include: "workflow/rules/multiscale.smk"
include: "workflow/rules/wavelets.smk"
include: "workflow/rules/residual.smk"
include: "workflow/rules/expressivity.smk"
include: "workflow/rules/generative.smk"
include: "workflow/rules/adversarial.smk"
include: "workflow/rules/image_prior.smk"
include: "workflow/rules/surrogate.smk"
include: "workflow/rules/landscape.smk"
include: "workflow/rules/discovery.smk"
include: "workflow/rules/blackbox.smk"
include: "workflow/rules/summary.smk"


localrules:
    all,
    topopt,
    multigrid,
    autodiff,
    multiscale,
    wavelets,
    residual,
    expressivity,
    generative,
    adversarial,
    image_prior,
    surrogate,
    landscape,
    discovery,
    blackbox,


rule all:
    default_target: True
    input:
        "results/claims.csv",
        "results/environment.csv",
        "results/runtime.csv",
        rules.topopt.input,
        rules.multigrid.input,
        rules.autodiff.input,
        rules.multiscale.input,
        rules.wavelets.input,
        rules.residual.input,
        rules.expressivity.input,
        rules.generative.input,
        rules.adversarial.input,
        rules.image_prior.input,
        rules.surrogate.input,
        rules.landscape.input,
        rules.discovery.input,
        rules.blackbox.input,
