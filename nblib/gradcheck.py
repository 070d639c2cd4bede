r"""Is the gradient right? Compare backpropagation with finite differences.

For any one parameter θ the slope of the cost can be measured without any calculus::

    ∂C/∂θ ≈ (C(θ + h) − C(θ − h)) / 2h

It is far too slow for training, and just right for checking: a wrong sign, a forgotten factor or
a layer that gets no gradient shows at once, where the accuracy of a trained network hides it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.layers import Layers

_TRUSTED = 1e-7  # below this, what is left is the error of the finite difference itself


@dataclass(frozen=True)
class Comparison:
    """How far apart the two gradients of one array of parameters are.

    Attributes
    ----------
    layer : int
        l, from 1 to L.
    parameters : {"weights", "biases"}
    error : float
        The largest |backprop − numerical|, relative to the largest gradient in the array.
    index : tuple of int
        Where in the array it is; where the two agree, the place of the largest gradient.
    backprop, numerical : float
        The two gradients at that place.
    """

    layer: int
    parameters: str
    error: float
    index: tuple[int, ...]
    backprop: float
    numerical: float

    def __str__(self) -> str:
        error = "below 1e-07" if self.error < _TRUSTED else f"{self.error:.1e}"
        symbol = "W" if self.parameters == "weights" else "b"
        place = f"{symbol}[{', '.join(map(str, self.index))}]"
        return (
            f"layer {self.layer} {self.parameters:7}  error {error:>11}  at {place:9}  "
            f"backprop {self.backprop:+.6f}  numerical {self.numerical:+.6f}"
        )


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """The result of `compare`: one `Comparison` for every array of parameters, layer 1 first."""

    comparisons: tuple[Comparison, ...]

    @property
    def worst(self) -> Comparison:
        """The comparison with the largest error."""
        return max(self.comparisons, key=lambda comparison: comparison.error)

    @property
    def passed(self) -> bool:
        """Whether every error is below 1e-6."""
        return self.worst.error < 1e-6

    def __repr__(self) -> str:
        verdict = (
            "the gradients agree"
            if self.passed
            else f"the gradients DISAGREE, most in layer {self.worst.layer} {self.worst.parameters}"
        )
        return "\n".join([*map(str, self.comparisons), verdict])


def compare(
    network: Layers, x: ArrayLike, y: ArrayLike, h: float = 1e-5, most: int = 200, seed: int = 0
) -> GradientCheck:
    """Compare `network.backprop` with central differences of `network.cost`.

    Works on a float64 copy; the network itself is left as it is.

    Parameters
    ----------
    network : Network, Classifier or ConvolutionalNetwork
        Or anything like them: whatever its `backprop` returns is what is checked.
    x, y : array_like
        Examples and labels or targets, as for `Network.backprop`.
    h : float
        Half the distance of the two costs.
    most : int
        The most entries of each array that are measured; of larger arrays a random sample.
    seed : int
        Seed of that sample.

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit, or what `backprop` returns.

    References
    ----------
    The relative error follows the notes of Stanford's course CS231n, "Gradient checks", but
    against the largest gradient of the array: single entries may be zero by chance.
    """
    if not all(hasattr(network, name) for name in ("weights", "biases", "cost", "backprop")):
        raise TypeError(f"network must be a Network or a Classifier, got {validate.shown(network)}")
    h = validate.positive("h", h)
    most = validate.whole("most", most, at_least=1)
    rng = validate.generator("seed", seed)
    twin = _float64_twin(network)
    returned = twin.backprop(x, y)
    nablas = validate.gradients(returned, twin.weights, twin.biases, twin.dtype, only_finite=False)
    comparisons = []
    for l in range(len(twin.weights)):
        for name, arrays, gradients in zip(
            ("weights", "biases"), (twin.weights, twin.biases), nablas, strict=True
        ):
            chosen = rng.permutation(arrays[l].size)[:most]
            numerical = np.array([_central_difference(twin, x, y, arrays[l], j, h) for j in chosen])
            comparisons.append(_comparison(l + 1, name, gradients[l], chosen, numerical))
    return GradientCheck(tuple(comparisons))


def _float64_twin(network: Layers) -> Layers:
    twin = copy.deepcopy(network)
    twin.dtype = np.dtype(np.float64)
    twin.set_parameters(network.weights, network.biases)
    return twin


def _central_difference(
    network: Layers, x: ArrayLike, y: ArrayLike, array: NDArray[np.float64], j: int, h: float
) -> float:
    kept = array.flat[j]
    array.flat[j] = kept + h
    above = network.cost(x, y)
    array.flat[j] = kept - h
    below = network.cost(x, y)
    array.flat[j] = kept
    return (above - below) / (2 * h)


def _comparison(
    layer: int,
    name: str,
    gradient: NDArray[np.float64],
    chosen: NDArray[np.int64],
    numerical: NDArray[np.float64],
) -> Comparison:
    backprop = gradient.flat[chosen]
    # The floor keeps the rounding of the two costs from counting where all gradients vanish.
    sizes = np.abs([backprop, numerical])
    scale = sizes.max(initial=1e-4, where=np.isfinite(sizes))
    errors = np.abs(backprop - numerical) / scale
    errors[np.isnan(errors)] = np.inf
    error = float(errors.max())
    # Where they agree, the largest error sits anywhere: show the largest gradient instead.
    worst = int(np.argmax(errors if error >= _TRUSTED else np.abs(numerical)))
    index = tuple(int(k) for k in np.unravel_index(chosen[worst], gradient.shape))
    return Comparison(layer, name, error, index, float(backprop[worst]), float(numerical[worst]))
