"""What every study has in common: fixed file names, light settings, sizes in overlays, sources, resolvable code."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from mlsim.claims import Claim, Rows, Size
from mlsim.config import canonical_json, parse
from mlsim.provenance import code_hash, reachable
from mlsim.quantities import Quantity, check_registered, registered
from mlsim.storage import read_table

ROOT = Path(__file__).parents[2]
STUDIES = sorted(
    path.name for path in (ROOT / "src" / "mlsim" / "studies").iterdir() if (path / "settings.py").exists()
)

each_study = pytest.mark.parametrize("study", STUDIES)


def _section(study: str, *overlays: str) -> dict:
    section: dict = {}
    for name in (study, *overlays):
        _merge(section, yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text()).get(study, {}))
    return section


def _merge(base: dict, overlay: dict) -> None:
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value


@each_study
def test_study_has_its_files_its_rules_and_its_target(study):
    folder = ROOT / "src" / "mlsim" / "studies" / study
    for name in ("__init__", "settings", "generate", "evaluate", "quantities", "plot", "claims"):
        assert (folder / f"{name}.py").exists(), name
    rules = (ROOT / "workflow" / "rules" / f"{study}.smk").read_text()
    assert f"rule {study}:" in rules
    assert f'"{study}",' in (ROOT / "workflow" / "configuration.py").read_text()
    assert f"`{study}`" in (ROOT / "README.md").read_text()


def _pattern(name: str) -> str:
    """Regular expression of a name in a docstring, where ``<n>`` is a number and ``<start>`` any part of a name."""
    return re.sub(r"<\w\w+>", "[a-z0-9_]+", re.sub(r"<\w>", "[0-9]+", name))


@each_study
def test_docstring_names_every_case_and_every_method_of_the_stored_table(study):
    text = import_module(f"mlsim.studies.{study}").__doc__ or ""
    # a placeholder alone would match anything
    names = [name for name in re.findall(r"``([\w<>]+)``", text) if not re.fullmatch(r"<\w+>", name)]
    documented = re.compile("|".join(_pattern(name) for name in names))
    table = read_table(ROOT / "docs" / "reproduction" / "default" / study / "table.csv")
    for column in ("case", "method"):
        assert [name for name in table[column].unique() if not documented.fullmatch(name)] == [], column


@each_study
@pytest.mark.parametrize("overlays", [(), ("smoke",), ("paper",)], ids=["default", "smoke", "paper"])
def test_settings_parse_at_every_size_and_have_a_canonical_text(study, overlays):
    cls = import_module(f"mlsim.studies.{study}.settings").Settings
    settings = parse(cls, _section(study, *overlays), path=study)
    reordered = dict(reversed(_section(study, *overlays).items()))
    assert canonical_json(settings) == canonical_json(parse(cls, reordered, path=study))


@each_study
@pytest.mark.parametrize("module", ["settings", "quantities"])
def test_settings_and_quantities_import_nothing_heavy(study, module):
    code = (
        f"import sys, mlsim.studies.{study}.{module}\n"
        "print([name for name in ('numpy', 'torch', 'pandas', 'xarray', 'scipy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@each_study
def test_claims_have_distinct_names_sources_and_checkable_statements(study):
    claims: list[Claim] = import_module(f"mlsim.studies.{study}.claims").claims()
    assert len({claim.name for claim in claims}) == len(claims) > 0
    for claim in claims:
        assert claim.statement.endswith(".")
        assert len(claim.source) > 5
        assert claim.measured


LEANS_ON_THE_CLAIM_BEFORE = re.compile(
    r"^(So|It|Its|The same|With both|Those|These|This|That|They|Their|There|Then|Also|Beside it|Both)\b"
    r"|\b(too|also|does so|so does|so do|none)\b"
)


@each_study
def test_every_statement_is_understood_without_the_other_claims(study):
    claims: list[Claim] = import_module(f"mlsim.studies.{study}.claims").claims()
    statements = [claim.statement for claim in claims]
    assert [text for text in statements if LEANS_ON_THE_CLAIM_BEFORE.search(text)] == []
    assert sorted({text for text in statements if statements.count(text) > 1}) == []


@each_study
def test_quantities_have_a_unit_and_a_meaning_of_one_line(study):
    quantities: dict[str, Quantity] = import_module(f"mlsim.studies.{study}.quantities").QUANTITIES
    for name, quantity in quantities.items():
        assert re.fullmatch(r"[a-z0-9_]+(<[a-z]+>)?", name), name
        assert re.fullmatch(r"\S(.*\S)?", quantity.unit), name
        assert re.fullmatch(r"\S.{5,130}[^\s.]", quantity.meaning), name
        assert quantity.better in ("smaller", "larger", ""), name


@each_study
def test_claims_and_published_numbers_are_about_registered_quantities(study):
    quantities = import_module(f"mlsim.studies.{study}.quantities").QUANTITIES
    for claim in import_module(f"mlsim.studies.{study}.claims").claims():
        compared = [*claim.measured, claim.reference, *claim.needs]
        names = {rows.quantity for rows in compared if isinstance(rows, Rows | Size)}
        assert all(registered(name, quantities) for name in names), claim.name
    path = ROOT / "config" / "published" / f"{study}.csv"
    if path.exists():
        table = read_table(path)
        check_registered(zip(table["quantity"], table["unit"].astype(str), strict=True), quantities, source=str(path))


@each_study
def test_a_reworded_meaning_reruns_nothing(study):
    scripts = ROOT / "workflow" / "scripts"
    module = import_module(f"mlsim.studies.{study}.evaluate")
    functions = [f"{module.__name__}:{name}" for name in vars(module) if name.startswith("evaluate")]
    names = reachable(*(scripts / f"{name}.py" for name in ("job", "evaluate", "tabulate")), *functions)
    assert "mlsim.quantities:Quantity" in names
    assert not any(name.startswith(f"mlsim.studies.{study}.quantities:") for name in names)


STAGES = ("generate", "train", "evaluate", "plot", "claims")


@each_study
def test_code_of_every_stage_can_be_followed(study):
    # what this tests is that no ProvenanceError is raised; and each function counts in its own hash
    for stage in STAGES:
        if not (ROOT / "src" / "mlsim" / "studies" / study / f"{stage}.py").exists():
            continue
        module = import_module(f"mlsim.studies.{study}.{stage}")
        names = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
        public = [name for name in names if name[0] != "_"]
        hashes = {code_hash(f"{module.__name__}:{name}") for name in public}
        assert len(hashes) == len(public) > 0, stage


@each_study
def test_published_numbers_belong_to_the_study(study):
    path = ROOT / "config" / "published" / f"{study}.csv"
    if path.exists():
        assert (read_table(path)["study"] == study).all()


def test_stage_scripts_import_the_library_and_the_listed_script_alone():
    # the code hash lists job.py by name: another script beside it would be taken for a third-party module
    scripts = ROOT / "workflow" / "scripts"
    siblings = {path.stem for path in scripts.glob("*.py")}
    for path in scripts.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not (set(names) & siblings) - {"job"}, path.name
