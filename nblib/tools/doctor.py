"""Is this installation fit for the course? One call, one line per check."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib import metadata

from packaging.requirements import Requirement

Check = tuple[str, Callable[[], str | None]]

_PIP = f"run: {sys.executable} -m pip"
_MODULES = {"pillow": "PIL"}
# What shows the notebooks may be another installation's; where it is this one's, it can be looked at.
_LAB = ("ipykernel", "jupyterlab") if sys.platform != "emscripten" else ()


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


def _packages(*names: str, also: tuple[str, ...] = ()) -> Callable[[], str | None]:
    """Return the check that these packages are there, and new enough, like those that `also` may be there."""

    def check() -> str | None:
        for name in names:
            try:
                importlib.import_module(_MODULES.get(name, name))
            except ImportError as error:
                return f"{error}; {_PIP} install {name}"
        return next(filter(None, map(_too_old, (*names, *also))), None)

    return check


def _too_old(name: str) -> str | None:
    """Return what is wrong with the version that is installed; a package that is not there is not too old."""
    try:
        installed, wanted = metadata.version(name), _wanted().get(name)
    except metadata.PackageNotFoundError:
        return None
    if wanted is None or wanted.specifier.contains(installed, prereleases=True):
        return None
    needed = f"{name}{wanted.specifier}"
    return f"{name} {installed} is there, and {needed} is needed; {_PIP} install --upgrade '{needed}'"


def _wanted() -> dict[str, Requirement]:
    """Return what nblib and its extra `lab` require on this machine, by name."""
    requirements = map(Requirement, metadata.requires("nblib") or [])
    here = [one for one in requirements if one.marker is None or one.marker.evaluate({"extra": "lab"})]
    return {one.name: one for one in here}


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
    ("NumPy, for the arithmetic", _packages("numpy", "threadpoolctl")),
    ("Matplotlib, for the figures", _packages("matplotlib", "pillow")),
    ("ipywidgets, for what one clicks", _packages("ipywidgets", "anywidget", also=_LAB)),
    ("tqdm, for the progress bars", _packages("tqdm")),
    ("the MNIST digits, 60,000 to learn from and 10,000 to test on", _digits),
    ("a small network, and its gradients checked", _learning),
)
