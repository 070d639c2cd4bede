"""Code, notebooks and scripts are formatted as CONTRIBUTING.md says, by ruff and by prettier."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from browser.conftest import cannot_run

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
((PRETTIER, OPTIONS, SCRIPTS),) = re.findall(r"^npx (prettier@\S+) (.+) --write (.+)$", CONTRIBUTING, re.M)
NO_PRETTIER = "npm did not give {}: it must be installed and reach its registry for this test: {}"


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check", "--diff"]], ids=["check", "format"])
def test_ruff_finds_nothing(arguments: list[str]):
    command = [
        sys.executable,
        "-m",
        "ruff",
        *arguments,
        "--quiet",
        "nblib",
        "notebooks",
        "tests",
        "benchmarks",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def prettier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The very version that CONTRIBUTING.md names, from npm."""
    npm, folder = shutil.which("npm"), tmp_path_factory.mktemp("npm")
    if npm is None:
        cannot_run(NO_PRETTIER.format(PRETTIER, "there is no npm"))
    install = [npm, "install", "--silent", "--prefer-offline", "--no-audit", "--no-fund", PRETTIER]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode:
        cannot_run(NO_PRETTIER.format(PRETTIER, done.stderr))
    return folder / "node_modules" / ".bin" / "prettier"


def check(prettier: Path, files: list[str]) -> subprocess.CompletedProcess[str]:
    command = [prettier, *OPTIONS.split(), "--check", *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")


def test_prettier_finds_nothing(prettier: Path, tmp_path: Path):
    scripts = [path for pattern in SCRIPTS.split() for path in ROOT.glob(pattern)]
    assert {ROOT / path for path in ROOT.rglob("*.js") if "nblib" in path.parts} <= set(scripts)
    run = check(prettier, [str(path) for path in scripts])
    assert run.returncode == 0, run.stdout + run.stderr
    badly = tmp_path / "badly.js"
    badly.write_text("let a=1", encoding="utf-8")
    assert check(prettier, [str(badly)]).returncode == 1
