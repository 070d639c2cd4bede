"""Whether NumPy warns while a learner's function runs, and where."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib.lessons import calling
from nblib.lessons.result import Wrong


def want_silence(name: str, function: Callable[..., Any], z: NDArray[Any]) -> None:
    """Listen to a function of z on the left of 0 and on the right.

    Raises
    ------
    Wrong
        If NumPy warns: of what, and on which side.
    """
    sides = {"left": _warnings(function, z[z < 0]), "right": _warnings(function, z[z > 0])}
    where = [side for side, heard in sides.items() if heard]
    heard = sides["left"] | sides["right"]
    if not heard:
        return
    place = "on both sides" if len(where) == 2 else f"on the {where[0]}"
    what = "a number grows too large for its type" if "overflow" in heard else "something is not defined"
    says = (
        f"All numbers are right, but in your {name} NumPy warns of “{' and '.join(sorted(heard))}”: far out "
        f"{place} {what}."
    )
    if name == "σ′":
        raise Wrong(f"{says} σ itself is silent, and σ′ can be written with it alone.")
    if len(where) == 2:
        says += " Mind that np.where computes both of its branches for every z, and only then chooses."
    raise Wrong(f"{says} Write σ with a function that never grows.")


def _warnings(function: Callable[..., Any], z: NDArray[Any]) -> set[str]:
    """Return what NumPy warns of in a function; what the function itself silences does not count."""
    heard: set[str] = set()

    @functools.wraps(function)
    def listening(*z: Any) -> Any:
        with (
            np.errstate(over="warn", divide="warn", invalid="warn"),
            warnings.catch_warnings(record=True, action="always") as shown,
        ):
            answer = function(*z)
        heard.update(re.findall(r"^(.*) encountered in", "\n".join(str(one.message) for one in shown), re.M))
        return answer

    if len(z):
        calling.call(listening, ("z",), (z,))
    return heard
