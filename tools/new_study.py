"""Write the skeleton of a study: a small complete one that runs at once. `make study NAME=heat_pump` calls it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SKELETON = ROOT / "tools" / "skeleton"
LEFT = """{name} runs at once: make smoke ARGS={name}. Replace its content, then write by hand:
  README.md      a row in each of the tables of studies, slides and sizes
  CITATION.cff   the paper
  config/paper.yaml, config/published/{name}.csv   published sizes and numbers, if there are any
  tests/workflow/test_configuration.py             a wrong value of {name} in WRONG
"""


def places(name: str) -> dict[Path, Path]:
    """Where each template goes."""
    study = {path: ROOT / "src/mlsim/studies" / name / path.name for path in sorted(SKELETON.glob("study/*.py"))}
    captions = {path: ROOT / f"workflow/report/{name}_{path.name}" for path in sorted(SKELETON.glob("report/*.rst"))}
    return (
        study
        | captions
        | {
            SKELETON / "config.yaml": ROOT / f"config/{name}.yaml",
            SKELETON / "rules.smk": ROOT / f"workflow/rules/{name}.smk",
            SKELETON / "tests.py": ROOT / f"tests/studies/{name}/test_{name}.py",
        }
    )


def renamed(template: Path, name: str) -> str:
    """The template's text with the name of the new study."""
    text = template.read_text(encoding="utf-8")
    return text.replace("oscillator", name).replace("OSCILLATOR", name.upper())


def main(name: str) -> None:
    """Write all files, or none if the name cannot be used."""
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        sys.exit(f"error: NAME is {name!r}: write a-z, 0-9 and _, with a letter first")
    if taken := [path for path in places(name).values() if path.exists()]:
        sys.exit(f"error: {taken[0].relative_to(ROOT)} is there already: choose another NAME")
    for template, path in places(name).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(renamed(template, name), encoding="utf-8")
        print(path.relative_to(ROOT))
    smoke, listed = ROOT / "config/smoke.yaml", ROOT / "workflow/configuration.py"
    smoke.write_text(f"{smoke.read_text(encoding='utf-8')}{renamed(SKELETON / 'smoke.yaml', name)}", encoding="utf-8")
    text = listed.read_text(encoding="utf-8")
    listed.write_text(re.sub(r"(STUDIES = \(.*?)(\n\))", rf'\1\n    "{name}",\2', text, flags=re.S), encoding="utf-8")
    print("config/smoke.yaml", "workflow/configuration.py", sep="\n")
    for generator in ("document_config", "document_quantities"):
        subprocess.run([sys.executable, ROOT / "tools" / f"{generator}.py"], check=True)
    print(LEFT.format(name=name), end="")


if __name__ == "__main__":
    main(*sys.argv[1:2] or [""])
