"""The house stays small: short modules and functions, no name given twice, imports that point one way."""

import ast
from collections import Counter
from pathlib import Path

import nblib

PACKAGE = Path(nblib.__file__).parent
SOURCES = sorted(path for kind in ("*.py", "*.js", "*.css") for path in PACKAGE.rglob(kind))
LONGEST_MODULE, LONGEST_FUNCTION = 350, 40  # lines; of functions, those below the docstring

# Each imports only from its own layer and from those before it. What is not named lies open at the top.
LAYERS = [
    {"validate", "shapes", "threads", "data.npz"},
    {"runs.epochs"},
    {"mathematics", "runs.trace"},
    {"data"},
    {"runs"},
    {"handwriting"},
    {"drawing"},
    {"widgets"},
    {"steppers"},
    {"lessons"},
    {"check"},
    {"tools"},
    {"nblib"},
]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


TREES = {module_name(path): ast.parse(path.read_text("utf-8")) for path in SOURCES if path.suffix == ".py"}


def imports(tree: ast.Module) -> dict[str, str]:
    """Return what a module imports from nblib: the name in the module, and the module that it comes from."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.asname or name.name: name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "nblib" and tree is not TREES["nblib"]:
            shown = imports(TREES["nblib"])
            found |= {name.name: shown.get(name.name, f"nblib.{name.name}") for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = {name.name: f"{node.module}.{name.name}" for name in node.names}
            found |= {name: path if path in TREES else node.module for name, path in whole.items()}
    return {name: module for name, module in found.items() if module in TREES and module != "nblib"}


def layer(module: str) -> int:
    within = module.removeprefix("nblib.")
    names = [within, within.partition(".")[0], "mathematics"]
    return next(i for name in names for i, layer in enumerate(LAYERS) if name in layer)


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first, *_ = function.body
    docstring = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno + 1 - docstring


def test_modules_are_short():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    long = {str(path.relative_to(PACKAGE)): n for path, n in lengths.items() if n > LONGEST_MODULE}
    assert not long


def test_functions_fit_on_a_screen():
    functions = [
        (f"{module}.{node.name}", code_lines(node))
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(functions) > 300
    assert not [(name, n) for name, n in functions if n > LONGEST_FUNCTION]


def test_no_two_modules_share_a_name():
    names = Counter(module.rpartition(".")[2] for module in TREES)
    assert not [name for name, times in names.items() if times > 1]


def test_imports_point_one_way():
    arrows = [(module, other) for module, tree in TREES.items() for other in imports(tree).values()]
    assert len(arrows) > 100
    assert not [f"{module} → {other}" for module, other in arrows if layer(other) > layer(module)]
