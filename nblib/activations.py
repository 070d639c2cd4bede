r"""Activation functions, each together with its derivative.

An activation is called like a function, ``sigmoid(z)``, and knows its slope in two forms::

    sigmoid.derivative(z)    # from the weighted input:  σ'(z)
    sigmoid.slope(a)         # from the output a = σ(z):  a (1 − a)

The second form is why backpropagation is cheap: the forward pass has already computed `a`.

All of them work element by element on arrays of any shape, keep float32 as float32, turn whole
numbers into float64, and stay free of overflow for any finite `z`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """A function f with its derivative.

    Attributes
    ----------
    name : str
        The name by which `Network` knows it.
    formula : str
        f(z) in LaTeX.
    function : callable
        f(z), any shape in, the same shape out. Like NumPy's own functions it takes a second array to
        write into, which may be `z` itself.
    slope : callable
        f′ written in terms of the output a = f(z), with a second array to write into as well.
    """

    name: str
    formula: str
    function: Callable[..., Array]
    slope: Callable[..., Array]

    def __call__(self, z: ArrayLike) -> Array:
        """Return f(z), the same shape as `z`.

        Raises
        ------
        ValueError, TypeError
            If `z` is not made of real numbers, or is ragged.
        """
        z = _floating(z)
        return self.function(z).astype(z.dtype, copy=False)

    def derivative(self, z: ArrayLike) -> Array:
        """Return f′(z), the same shape as `z`."""
        return self.slope(self(z))

    def __repr__(self) -> str:
        return f"<activation {self.name}>"


def _floating(z: ArrayLike) -> Array:
    z = validate.real("z", z)
    return z if z.dtype.kind == "f" else z.astype(np.float64)


# NumPy would make these arrays of Python's numbers each time.
_ZERO, _HALF, _ONE = (np.array(number, np.float32) for number in (0, 0.5, 1))


def _step(z: Array, out: Array | None = None) -> Array:
    return np.greater(z, 0, out=np.empty_like(z) if out is None else out)


def _step_slope(a: Array, out: Array | None = None) -> Array:
    return np.multiply(a, 0, out=out)


def _sigmoid(z: Array, out: Array | None = None) -> Array:
    # The same function as 1/(1 + e^−z), but e^−z overflows where z is very negative; tanh never does.
    a = np.tanh(np.multiply(z, _HALF, out), out)
    a *= _HALF
    a += _HALF
    return a


def _sigmoid_slope(a: Array, out: Array | None = None) -> Array:
    if out is None:
        return a * (1 - a)
    np.subtract(_ONE, a, out)
    out *= a
    return out


def _tanh_slope(a: Array, out: Array | None = None) -> Array:
    return np.subtract(1, np.multiply(a, a, out=out), out=out)


def _relu(z: Array, out: Array | None = None) -> Array:
    return np.maximum(z, _ZERO, out=out)


def _relu_slope(a: Array, out: Array | None = None) -> Array:
    return np.greater(a, _ZERO, out=np.empty_like(a) if out is None else out)


def _elu(z: Array, out: Array | None = None) -> Array:
    return np.maximum(z, np.expm1(np.minimum(z, 0)), out=out)  # e^z − 1 is never below z


def _elu_slope(a: Array, out: Array | None = None) -> Array:
    return np.add(np.minimum(a, 0, out=out), 1, out=out)  # below zero a = e^z − 1, so the slope e^z is a + 1


def _arctan_slope(a: Array, out: Array | None = None) -> Array:
    return np.square(np.cos(a, out=out), out=out)  # 1/(1 + z²) with z = tan a


step = Activation("step", r"1 \text{ if } z > 0 \text{ else } 0", _step, _step_slope)
sigmoid = Activation("sigmoid", r"\frac{1}{1 + e^{-z}}", _sigmoid, _sigmoid_slope)
tanh = Activation("tanh", r"\tanh z", np.tanh, _tanh_slope)
relu = Activation("relu", r"\max(0, z)", _relu, _relu_slope)
elu = Activation("elu", r"z \text{ if } z > 0 \text{ else } e^z - 1", _elu, _elu_slope)
arctan = Activation("arctan", r"\arctan z", np.arctan, _arctan_slope)

ACTIVATIONS = {f.name: f for f in (step, sigmoid, tanh, relu, elu, arctan)}


def by_name(name: str, argument: str = "activation") -> Activation:
    """Return the activation called `name`; a ValueError names the argument and lists the known ones.

    Raises
    ------
    ValueError
        If there is no activation of this name.
    """
    return ACTIVATIONS[validate.one_of(argument, name, ACTIVATIONS)]
