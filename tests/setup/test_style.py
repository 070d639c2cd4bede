"""Code and notebooks pass ruff with the settings of pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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
