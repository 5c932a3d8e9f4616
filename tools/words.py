"""Refuses words for which the field has a standard term, and names of variables that say nothing.

Usage: python tools/words.py [--strict] [FILE ...]

Without files all tracked files are read. Wrong words end with status 1. Names of variables in `src` are counted per
folder; with --strict they end with status 1 as well.
"""

import argparse
import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = (".md", ".py", ".rst", ".smk", ".yaml", ".yml", ".cff", ".toml", "Snakefile", "Makefile")
# files that must contain the words: this one and stored results
EXEMPT = ("tools/words.py", "docs/reproduction/", "constraints.txt")
# pattern, regardless of case and of line breaks: standard term
WORDS = {
    r"\b(graphics )?cards?\b": "GPU",
    r"(?<!\.)\bprocessors?\b(?!\()": "CPU",
    r"\bscore maps?\b": "diffusion model (EDM)",
    r"\bthe original game\b|\badversarial games?\b": "non-saturating GAN, GAN",
    r"\bno number\b(?! of)": "NaN",
    r"\blaws? of the (iteration|training|data|solution|stopping)": "distribution",
    r"\b(learns?|learned|trains) nothing\b": "untrained",
    r"\brules? of stopping\b|\bstopping rules?\b": "stopping criterion",
    r"\bof (one's|your) own\b": "user-defined",
    r"\bLorenz' ": "Lorenz system",
    r"\bGini's\b": "Gini index",
    r"\bDarcy's (equation|flow|law)\b": "Darcy equation, Darcy flow",
    r"\b(of Matern|Matern kernel)\b|\bMatern's\b": "Matérn kernel",
    r"\bstands? in the table\b|\bstands? beside\b": "is in the table, is compared with",
    r"\b(tell|told) apart\b": "distinguish",
    r"\b(the|a|original|published) meters? (of|and|on)\b|\bmeter of lost\b": "metric, counter",
    r"\blook_every\b": "record_every",
    r"\bby descent\b|\bplain descent\b": "gradient descent",
    r"\b(the|a|both|classical) rivals?\b": "baseline",
    r"\bsinks? into\b": "moves to",
    r"\bon the quiet\b": "implicitly",
    r"\bby hand of\b|\bfor who\b": "by, for those who",
    r"\bupdates of SIMP\b|\bSIMP updates\b": "SIMP iterations",
}
NAMES = ("each", "found", "own", "place", "seen")


def main() -> None:
    """Print wrong words as ``file:line: words: standard term``, and counts of names by folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="by default all tracked files")
    parser.add_argument("--strict", action="store_true", help="refuse names of variables, too")
    arguments = parser.parse_args()
    paths = [path.resolve() for path in arguments.files] or _tracked()
    wrong = [line for path in paths for line in _wrong_words(path)]
    names = Counter(folder for path in paths if path.suffix == ".py" for folder in _names(path))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    for folder, count in sorted(names.items()):
        print(f"{folder}: {count} variables called {', '.join(NAMES)}")
    sys.exit(1 if wrong or (arguments.strict and names) else 0)


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files"], check=True, capture_output=True, text=True)
    paths = [name for name in listed.stdout.splitlines() if name.endswith(SUFFIXES) and not name.startswith(EXEMPT)]
    return [ROOT / name for name in paths if (ROOT / name).exists()]


def _wrong_words(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    messages = []
    for pattern, term in WORDS.items():
        for match in re.finditer(pattern.replace(" ", r"\s+"), text, flags=re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            messages.append((line, f"{path.relative_to(ROOT)}:{line}: {' '.join(match[0].split())!r}: write {term}"))
    return [message for _, message in sorted(messages)]


def _names(path: Path) -> list[str]:
    """The folder of the file, below `src/mlsim`, once for each assignment to one of the names."""
    parts = path.relative_to(ROOT).parts
    if parts[:2] != ("src", "mlsim"):
        return []
    stored = [
        node.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return ["/".join(parts[2:-1][:2]) or "mlsim"] * sum(name in NAMES for name in stored)


if __name__ == "__main__":
    main()
