"""Whoever calls nblib reads what it refuses: each public callable that validates has a section `Raises`."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import nblib

PACKAGE = Path(nblib.__file__).parent
SECTION = "Raises\n------"


class Callable(NamedTuple):
    """A function, or a method with its class; `near` is its own module and those that it imports."""

    module: str
    near: set[str]
    tree: ast.Module
    owner: ast.ClassDef | None
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def name(self) -> str:
        return f"{self.owner.name}.{self.node.name}" if self.owner else self.node.name

    def is_public(self) -> bool:
        names = self.name.replace("__init__", "").replace("__call__", "").split(".")
        return not any(name.startswith("_") for name in names)

    def is_private(self) -> bool:
        return self.node.name.startswith("_") and not self.node.name.startswith("__")

    def tells(self) -> bool:
        """Whether its docstring has the section, or that of its property, module, or class."""
        alike = (
            [part for part in self.owner.body if getattr(part, "name", "") == self.node.name]
            if self.owner
            else []
        )
        places = [self.node, *alike, self.tree, *([self.owner] if self.node.name == "__init__" else [])]
        return any(SECTION in (ast.get_docstring(place) or "") for place in places)

    def refuses(self, doors: set[tuple[str, str]]) -> bool:
        """Whether it raises ValueError or TypeError itself, or calls `validate`, or one of the doors."""
        for part in ast.walk(self.node):
            match part:
                case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError" | "TypeError"))):
                    return True
                case ast.Raise(exc=ast.Name(id="ValueError" | "TypeError")):
                    return True
                case ast.Call(func=ast.Attribute(value=ast.Name(id="validate"))):
                    return True
                case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if any(
                    (module, name) in doors for module in self.near
                ):
                    return True
        return False


def callables(sources: dict[str, str]) -> Iterator[Callable]:
    for module, source in sources.items():
        tree = ast.parse(source)
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        for owner in [None, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
            for node in (owner or tree).body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield Callable(module, {module, *imported}, tree, owner, node)


def silent(sources: dict[str, str]) -> list[str]:
    """Return what is public and refuses arguments, itself or in a private function, and does not say so."""
    found = list(callables(sources))
    doors: set[tuple[str, str]] = set()
    while (
        more := {(one.module, one.node.name) for one in found if one.is_private() and one.refuses(doors)}
        - doors
    ):
        doors |= more
    public = [one for one in found if one.is_public() and one.refuses(doors)]
    return [f"{one.module}: {one.name}" for one in public if not one.tells()]


def test_what_validates_says_what_it_raises():
    paths = {
        path: path.relative_to(PACKAGE.parent).with_suffix("").parts for path in sorted(PACKAGE.rglob("*.py"))
    }
    found = silent({".".join(parts): path.read_text(encoding="utf-8") for path, parts in paths.items()})
    assert not found, "\n".join(["no section `Raises`:", *found])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(x):\n    validate.number('x', x)", ["f"]),
        ("def f(x):\n    return _pair(x)\n\ndef _pair(x):\n    raise ValueError(x)", ["f"]),
        ("class A:\n    def __init__(self, x):\n        raise TypeError", ["A.__init__"]),
        (
            "class A:\n    '''Raises\n    ------'''\n    def __init__(self):\n        raise TypeError\n"
            "    def f(self):\n        raise ValueError",
            ["A.f"],
        ),
        ("def f(x):\n    '''Raises\n    ------'''\n    raise ValueError", []),
        ("def _f(x):\n    raise ValueError\n\ndef g(x):\n    raise RuntimeError", []),
    ],
)
def test_a_silent_one_is_found(source: str, found: list[str]):
    assert silent({"m": source}) == [f"m: {name}" for name in found]
