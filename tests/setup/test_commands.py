"""What README.md promises is what the files say, and no file knows the machine that it was written on."""

import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import nblib

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

START = 'python3 -m venv .venv && .venv/bin/pip install -e ".[lab]" && .venv/bin/jupyter lab notebooks'
TEST = 'python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/pytest'

FOLDERS = [".ci", "benchmarks", "findings", "nblib", "notebooks", "tests"]
TOP_LEVEL = ["*.md", "*.toml", "*.yml", "*.cff", "LICENSE", ".git[ai]*"]
PIXELS = re.compile(r"[A-Za-z0-9+/=]{200,}")  # a picture in base64 may spell anything
MACHINE = re.compile(
    r"/(?:home|Users)/[A-Za-z]|/roo[t]/[A-Za-z.]|[A-Z]:\\Users\\|pypi\.org|pythonhosted\.org|registry\.npmjs"
)


def lines_of(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]


def text_files() -> Iterator[Path]:
    candidates = [path for pattern in TOP_LEVEL for path in ROOT.glob(pattern)]
    candidates += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in candidates:
        passing = {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
        if path.is_file() and not passing and b"\0" not in path.read_bytes():
            yield path


def test_the_two_commands_stand_in_the_readme():
    assert lines_of(ROOT / "README.md").count(START) == 1
    assert lines_of(ROOT / "README.md").count(TEST) == 1


def test_ci_ends_with_the_command_of_the_readme():
    assert [line for line in lines_of(ROOT / ".ci" / "run") if line][-1] == TEST
    assert (ROOT / ".ci" / "run").stat().st_mode & stat.S_IXUSR, ".ci/run is not executable"


def test_the_extras_that_the_commands_name_exist():
    assert set(re.findall(r"\[(\w+)\]\"", README)) <= set(PROJECT["optional-dependencies"])


def test_the_readme_knows_all_notebooks_and_no_others():
    named = set(re.findall(r"[\w/]+\.ipynb", README))
    assert named == {path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_version_is_the_same_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert nblib.__version__ == PROJECT["version"]
    assert re.search(r"^version: (.*)$", citation, re.MULTILINE)[1] == PROJECT["version"]
    assert re.search(r"^## \[?([0-9][^\] ]*)", changelog, re.MULTILINE)[1] == PROJECT["version"]


def test_no_file_names_a_machine_or_a_registry():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := MACHINE.search(PIXELS.sub("", line)))
    ]
    assert not found, "\n".join(found)


def test_the_search_for_machine_paths_can_find_one():
    assert [path.name for path in text_files() if path == ROOT / "README.md"]
    for text in ("/".join(["", "home", "ada", "course"]), "\\".join(["C:", "Users", "ada"])):
        assert MACHINE.search(f'"see {text}"')


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_every_benchmark_finds_what_it_imports(path: Path):
    code = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='imported')"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(path.parent)])}
    command = [sys.executable, "-c", code, path]
    run = subprocess.run(
        command, env=environment, cwd=path.parent, capture_output=True, text=True, timeout=100
    )
    assert run.returncode == 0, run.stderr
