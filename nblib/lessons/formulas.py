"""Right answers that are made of named formulas: a slip puts another formula in the place of one.

Each formula is a function of others, and of the arguments; its parameters say of which.

>>> area = Formulas("base height", half=lambda base: base / 2, area=lambda half, height: half * height)
>>> area(4, 3)  # the last formula is the answer
6.0
>>> area.but(half=lambda base: base)(4, 3)  # who forgets the half
12
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any, Self

Formula = Callable[..., Any]


class Formulas:
    """A function, made of formulas.

    Parameters
    ----------
    arguments : str
        What the function is called with, in this order.
    **formulas : callable
        How the rest is computed; the last one gives the answer.
    """

    def __init__(self, arguments: str, **formulas: Formula) -> None:
        self.arguments, self.formulas = arguments.split(), formulas

    def but(self, **others: Formula) -> Self:
        """Return the same, with other formulas in place of those of these names."""
        changed = copy.copy(self)
        changed.formulas = self.formulas | others
        return changed

    def __call__(self, *arguments: Any) -> Any:
        """Return the answer."""
        return self.value(list(self.formulas)[-1], self.known(arguments))

    def known(self, arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Return the arguments by name."""
        return dict(zip(self.arguments, arguments, strict=True))

    def value(self, name: str, known: dict[str, Any]) -> Any:
        """Return what is called so: it is known, or is computed from what is, and known from now on."""
        if name not in known:
            formula = self.formulas[name]
            known[name] = formula(*(self.value(one, known) for one in _names(formula)))
        return known[name]


@functools.cache
def _names(formula: Formula) -> tuple[str, ...]:
    return tuple(inspect.signature(formula).parameters)


class LayerFormulas(Formulas):
    """The formulas of one layer, computed forwards from the first layer to the last, and then back.

    Needed are `weights`, `biases` and the input `x`; in each layer, the activation `a`; in the last
    one its δ by `bp1`, and by `bp2` in all others; and the slopes of each layer, by `bp3` of its
    bias and by `bp4` of its weights. Given to them are `w` and `b` of the layer, `a_in`, which comes
    into it, and for `bp2` `w_next`, `slope_next` and `delta_next`, of the layer after it.
    """

    def __call__(self, *arguments: Any) -> tuple[list[Any], list[Any]]:
        """Return the slopes along all weights, and those along all biases, first layer first."""
        known = self.known(arguments)
        weights, biases, a = (self.value(name, known) for name in ("weights", "biases", "x"))
        layers = []
        for w, b in zip(weights, biases, strict=True):
            layers.append(layer := known | {"w": w, "b": b, "a_in": a})
            a = self.value("a", layer)
        layer["delta"] = self.value("bp1", layer)
        for layer, after in zip(layers[-2::-1], layers[:0:-1], strict=True):
            layer |= {f"{name}_next": self.value(name, after) for name in ("w", "slope", "delta")}
            layer["delta"] = self.value("bp2", layer)
        return [self.value("bp4", layer) for layer in layers], [self.value("bp3", layer) for layer in layers]
