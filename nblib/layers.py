r"""What every network here has: layers of weights and biases, a pass forwards, a pass backwards, an update.

Layers are l = 0 … L; layer 0 is the input. For l ≥ 1::

    z^l = W^l a^(l−1) + b^l        a^l = f(z^l)

With δ^l = ∂C/∂z^l the four equations of backpropagation are (Nielsen, chapter 2)::

    BP1   δ^L = ∂C/∂a^L ⊙ f′(z^L)
    BP2   δ^l = (W^(l+1))ᵀ δ^(l+1) ⊙ f′(z^l)
    BP3   ∂C/∂b^l_j = δ^l_j
    BP4   ∂C/∂w^l_jk = δ^l_j a^(l−1)_k


An update goes against the gradient of the mean cost, with the learning rate η::

    W ← W − η ∂C/∂W        b ← b − η ∂C/∂b

Examples are rows, so a mini-batch of m examples is one array (m, n_l) a layer, and W a becomes ``a @ W.T``.
A Python list starts at 0: ``weights[l - 1]`` is W^l, and likewise with biases, z and δ; only ``a[l]`` is a^l.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nblib import symptoms, validate
from nblib.activations import Activation
from nblib.ranking import answers
from nblib.workspace import Workspace

Array = NDArray[Any]
Gradients = tuple[list[Array], list[Array]]

BLOCK = 250  # how many examples go forwards at once, where nothing but the outputs is asked for


class Layers(ABC):
    """Layers of neurons, each connected to all of the layer before; what they compute is left open.

    Parameters
    ----------
    sizes : sequence of int
        Neurons per layer, input first. At least two layers.
    scaled : bool
        Whether the initial weights are N(0, 1)/√n_in, or N(0, 1). Biases are N(0, 1).
    seed : int
        Seed of the initial weights. The same seed draws the same numbers, scaled or not, in any `dtype`.
    dtype : {numpy.float32, numpy.float64}
        The type of all numbers inside.

    Attributes
    ----------
    weights : list of ndarray, shapes (n_l, n_{l−1})
        ``weights[l - 1][j, k]`` is w^l_jk, from neuron k of layer l − 1 to neuron j of layer l.
    biases : list of ndarray, shapes (n_l,)

    Raises
    ------
    ValueError, TypeError
        If an argument does not fit.
    """

    activation: Activation
    memory_order: Literal["C", "F"] = "C"  # of its workspaces
    _functions: list[Callable[..., Array]]  # of each layer from 1 to L: (z, out)

    def __init__(self, sizes: Sequence[int], scaled: bool, seed: int, dtype: DTypeLike) -> None:
        self.sizes = validate.sizes("sizes", sizes)
        self.dtype = validate.floating("dtype", dtype)
        rng = validate.generator("seed", seed)
        self.weights: list[Array] = []
        self.biases: list[Array] = []
        for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False):
            w = rng.standard_normal((n_out, n_in))
            if scaled:
                w /= np.sqrt(n_in)
            self.weights.append(w.astype(self.dtype))
            self.biases.append(rng.standard_normal(n_out).astype(self.dtype))

    @property
    def n_parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(w.size + b.size for w, b in zip(self.weights, self.biases, strict=True))

    @property
    def architecture(self) -> str:
        """The sizes as one writes them: ``784-30-10``."""
        return "-".join(map(str, self.sizes))

    def set_parameters(self, weights: Sequence[ArrayLike], biases: Sequence[ArrayLike]) -> None:
        """Replace all weights and biases by copies of the given arrays.

        Raises
        ------
        ValueError, TypeError
            If the arrays have other shapes, or hold something else than finite numbers.
        """
        self.weights, self.biases = (
            validate.like("weights", weights, self.weights, self.dtype),
            validate.like("biases", biases, self.biases, self.dtype),
        )

    # -- one pass, in a workspace ---------------------------------------------------------------

    def forward(self, room: Workspace) -> Array:
        """Fill in z^1, a^1 … z^L, a^L, and return a^L."""
        layers = zip(self.weights, self.biases, self._functions, room.a, room.z, room.a[1:], strict=False)
        for w, b, f, a_in, z, a in layers:
            np.matmul(a_in, w.T, out=z)
            z += b  # z^l = W^l a^(l−1) + b^l
            f(z, a)  # a^l = f(z^l)
        return room.a[-1]

    def backward(self, room: Workspace, scale: float) -> None:
        """Fill in δ^L … δ^1 and the gradients, all multiplied by `scale`.

        The gradients are linear in δ: the factor 1/m or η/m may ride on δ, the smallest array.
        """
        weights, a, delta, slope = self.weights, room.a, room.delta, self.activation.slope
        self._bp1(a[-1], room.y, out=delta[-1])  # BP1
        delta[-1] *= scale
        for l in range(len(weights) - 1, 0, -1):
            np.matmul(delta[l], weights[l], out=delta[l - 1])
            delta[l - 1] *= slope(a[l])  # BP2
        for l, (nabla_w, nabla_b) in enumerate(zip(room.nabla_weights, room.nabla_biases, strict=True)):
            delta[l].sum(axis=0, out=nabla_b)  # BP3, summed over the examples
            np.matmul(delta[l].T, a[l], out=nabla_w)  # BP4

    def subtract(self, steps: Sequence[Array]) -> None:
        """Make the update: W ← W − step, b ← b − step, first all weights and then all biases."""
        for parameter, step in zip(self.weights + self.biases, steps, strict=True):
            parameter -= step

    def descend(self, nabla_weights: Sequence[Array], nabla_biases: Sequence[Array], eta: float) -> None:
        """Take one step against these gradients, in place: W ← W − η ∂C/∂W, b ← b − η ∂C/∂b."""
        self.subtract([eta * nabla for nabla in (*nabla_weights, *nabla_biases)])

    # -- what each kind of network does in its own way ------------------------------------------

    @abstractmethod
    def _bp1(self, a: Array, y: Array, out: Array) -> None:
        """Write δ^L into `out`, for outputs and targets of shape (m, n_L)."""

    @abstractmethod
    def _costs(self, outputs: Array, targets: Array) -> Array:
        """Return the cost of each example, (n,), for the rows that `_outputs` gives."""

    @abstractmethod
    def _targets(self, name: str, y: Array) -> Array:
        """Return `y`, labels or targets, as targets (n, n_L)."""

    # -- looking at it from outside: examples are rows again ------------------------------------

    def feedforward(self, x: ArrayLike) -> Array:
        """Return the outputs a^L: (n, n_L) for rows (n, n_0), (n_L,) for one example (n_0,).

        Raises
        ------
        ValueError, TypeError
            If `x` does not fit the network.
        """
        rows, single = self._rows(x)
        outputs = np.concatenate([outputs.copy() for outputs in self._outputs(rows)])
        return outputs[0] if single else outputs

    def predict(self, x: ArrayLike) -> Any:
        """Return the answer of the network: (n,) ints for rows, one int for one example.

        It is the index of the brightest output neuron, the first of equally bright ones, or, where
        there is only one output neuron, 1 if it is above ½ and else 0. It is −1 where no output is a
        number, as in a network whose training has blown up.

        Raises
        ------
        ValueError, TypeError
            If `x` does not fit the network.
        """
        rows, single = self._rows(x)
        said = np.concatenate([answers(outputs) for outputs in self._outputs(rows)])
        return int(said[0]) if single else said

    def accuracy(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the fraction of rows, 0 to 1, that are answered as `y` says (labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self._measure(*self._pair(x, y))[1]

    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cost over the rows of `x` (`y`: labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self._measure(*self._pair(x, y))[0]

    def backprop(self, x: ArrayLike, y: ArrayLike) -> Gradients:
        """Return the gradients of the mean cost over the rows of `x`.

        Parameters
        ----------
        x : array_like, shape (n, n_0), or (n_0,) for one example
        y : array_like
            Targets of shape (n, n_L), or labels of shape (n,); for one example (n_L,) or a label.

        Returns
        -------
        nabla_weights, nabla_biases : lists of ndarray
            ∂C/∂W^l and ∂C/∂b^l, shaped like `weights` and `biases`.

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        room = self._there_and_back(x, y)
        return room.nabla_weights, room.nabla_biases

    def input_gradient(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return ∂C/∂x: how the cost of each example changes with each of its own inputs.

        It is BP2 taken one layer further, to layer 0, where there is no slope: (W^1)ᵀ δ^1.

        Parameters
        ----------
        x, y : array_like
            As for `backprop`.

        Returns
        -------
        ndarray, shape (n, n_0), or (n_0,) for one example
            One gradient for each example (not divided by n).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        room = self._there_and_back(x, y, 1)
        gradients = room.delta[0] @ self.weights[0]
        return gradients[0] if np.ndim(x) == 1 else gradients

    def _there_and_back(self, x: ArrayLike, y: ArrayLike, scale: float | None = None) -> Workspace:
        """Return a pass over all the examples, with δ multiplied by `scale`, or else by 1/n."""
        room = self._room(*self._pair(x, y))
        self.forward(room)
        self.backward(room, 1 / room.m if scale is None else scale)
        return room

    def _room(self, x: Array, y: Array | None = None) -> Workspace:
        return Workspace(self.sizes, len(x), self.dtype, self.memory_order).hold(x, y)

    def _outputs(self, x: Array) -> Iterator[Array]:
        """Yield the outputs of the rows of `x`, a block of rows at a time: a block stays in the cache."""
        room = self._room(x[:BLOCK])
        for start in range(0, len(x), BLOCK):
            yield self.forward(room.hold(x[start : start + BLOCK]))

    def _measure(self, x: Array, y: Array) -> tuple[float, float]:
        """Return mean cost and accuracy."""
        cost, right, start = 0.0, 0, 0
        for outputs in self._outputs(x):
            targets = y[start : start + len(outputs)]
            cost += float(self._costs(outputs, targets).sum(dtype=np.float64))
            right += np.count_nonzero(answers(outputs) == answers(targets))
            start += len(outputs)
        return cost / len(x), float(right / len(x))

    # -- the door -------------------------------------------------------------------------------

    def data(self, x: ArrayLike, y: ArrayLike, of: str = "") -> tuple[Array, Array]:
        """Return examples and their labels or targets as the network computes with them.

        Parameters
        ----------
        x : array_like, shape (n, n_0)
        y : array_like
            Labels, shape (n,), or targets, shape (n, n_L).
        of : str
            What stands before their names in messages.

        Returns
        -------
        x, targets : ndarray, shapes (n, n_0) and (n, n_L)

        Raises
        ------
        ValueError, TypeError
            If they do not fit the network, or each other.
        """
        rows = validate.rows(f"{of}x", x, self.sizes[0], self.dtype)
        symptoms.look_at_data(f"{of}x", rows)
        targets = self._targets(f"{of}y", validate.real(f"{of}y", y))
        validate.same_length(f"{of}x", rows, f"{of}y", targets)
        return rows, targets

    def _measured(self, data: tuple[Array, Array], validation: Any) -> tuple[Array, Array]:
        """Return what a training is measured on: the validation data, or else its own."""
        if validation is None:
            return data
        x, y = validate.pair("validation", validation)
        return self.data(x, y, of="validation ")

    def _rows(self, x: ArrayLike) -> tuple[Array, bool]:
        """Return `x` as rows, and whether it was one example."""
        rows, single = validate.rows_or_one("x", x, self.sizes[0], self.dtype)
        symptoms.look_at_data("x", rows)
        return rows, single

    def _pair(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Return examples and targets as rows; a single example is one row."""
        x, y = validate.real("x", x), validate.real("y", y)
        return self.data(x[None], y[None]) if x.ndim == 1 else self.data(x, y)
