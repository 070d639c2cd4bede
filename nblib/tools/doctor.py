"""Is this installation fit for the course? One call, one line per check."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable

Check = tuple[str, Callable[[], str | None]]


def examine() -> bool:
    """Print one line per check, with the remedy where something is missing; return whether all is well."""
    well = True
    for name, check in _CHECKS:
        trouble = check()
        well = well and trouble is None
        print(f"ok       {name}" if trouble is None else f"TROUBLE  {name}: {trouble}")
    print(
        "Everything is in place."
        if well
        else "See the lines marked TROUBLE; the README has a section on them."
    )
    return well


def _python() -> str | None:
    if sys.version_info >= (3, 11):  # noqa: UP036 - a copied folder may run under any Python
        return None
    return f"this is Python {sys.version.split()[0]}; install 3.11 or newer and make the environment again"


def _package(name: str) -> Callable[[], str | None]:
    def check() -> str | None:
        try:
            importlib.import_module(name)
        except ImportError as error:
            return f"{error}; run: {sys.executable} -m pip install {name}"
        return None

    return check


def _digits() -> str | None:
    from nblib import mnist

    try:
        data = mnist.load()
    except ValueError as error:
        return str(error)
    return None if len(data.x_train) == 60_000 else f"{len(data.x_train)} digits instead of 60000"


def _learning() -> str | None:
    from nblib import Network, gradcheck

    x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    return None if gradcheck.compare(Network([2, 3, 1]), x, y).passed else "the gradient check failed"


_CHECKS: tuple[Check, ...] = (
    ("Python 3.11 or newer", _python),
    ("NumPy, for the arithmetic", _package("numpy")),
    ("Matplotlib, for the figures", _package("matplotlib")),
    ("ipywidgets, for what one clicks", _package("ipywidgets")),
    ("tqdm, for the progress bars", _package("tqdm")),
    ("the MNIST digits, 60,000 to learn from and 10,000 to test on", _digits),
    ("a small network, and its gradients checked", _learning),
)
