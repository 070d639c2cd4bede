"""environment.yml, for conda and Binder, asks for the packages of pyproject.toml in conda's own grammar."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

SPECS = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
NOT_FROM_THE_PROJECT = {"python", "pip"}
ELSEWHERE_CALLED = {"matplotlib-base": "matplotlib"}
ONLY_ON_PYPI = {"resvg-py"}  # comes with the project itself, which pip installs


def name_and_floor(spec: str) -> tuple[str, SpecifierSet]:
    """Parse one line as conda does; the name is the one that the package has on PyPI."""
    match = MatchSpec(spec, strict=True)
    name = match.name.normalized
    return ELSEWHERE_CALLED.get(name, name), SpecifierSet(str(match.version))


def test_everything_comes_from_conda_forge_and_nblib_from_here():
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert [entry for entry in ENVIRONMENT["dependencies"] if not isinstance(entry, str)] == [
        {"pip": ["-e .[lab]"]}
    ]


@pytest.mark.parametrize("spec", SPECS)
def test_conda_understands_every_line(spec: str):
    assert MatchSpec(spec, strict=True).name.normalized in spec


@pytest.mark.parametrize("spec", ["numpy=>1.26", "numpy>=", "num py>=1.26", "numpy>=1.26 >=2"])
def test_conda_would_not_understand_these(spec: str):
    with pytest.raises(InvalidMatchSpecError):
        MatchSpec(spec, strict=True)


def test_python_is_one_exact_minor_version_that_the_project_allows():
    (spec,) = [spec for spec in SPECS if spec.startswith("python")]
    name, version = spec.split("=")  # one "=", or this fails: Binder falls back to an old Python otherwise
    assert name == "python"
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


def test_names_and_floors_are_those_of_pyproject():
    lines = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"]
    wanted = [need for need in map(Requirement, lines) if need.name not in ONLY_ON_PYPI]
    offered = dict(
        name_and_floor(spec) for spec in SPECS if MatchSpec(spec).name.normalized not in NOT_FROM_THE_PROJECT
    )
    assert offered == {requirement.name: requirement.specifier for requirement in wanted}
