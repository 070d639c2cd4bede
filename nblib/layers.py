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

At every door examples are rows, (m, n_0). In a pass they are columns, so that the lines read as the formulas
do, and a product takes less time. A Python list starts at 0: ``weights[l - 1]`` is W^l, and likewise others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nblib import symptoms, validate
from nblib.activations import Activation
from nblib.ranking import answers
from nblib.threads import one_blas_thread
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

    # -- one pass, in a workspace: the last argument of a product is where it goes --------------

    def forward(self, room: Workspace, x: Array) -> Array:
        """Fill in z^1, a^1 … z^L, a^L for the rows of `x`, and return a^L."""
        a_before = x.T
        for w, b, z, f, a in room.forwards:
            np.dot(w, a_before, z)
            z += b  # z^l = W^l a^(l−1) + b^l
            f(z, a)  # a^l = f(z^l)
            a_before = a
        return a_before

    def backward(self, room: Workspace, x: Array, y: Array, scale: float) -> None:
        """Fill in δ^L … δ^1 and the gradients, all multiplied by `scale`.

        The gradients are linear in δ: the factor 1/m or η/m may ride on δ, the smallest array.
        """
        slope, delta = self.activation.slope, room.delta[-1]
        self._bp1(room.a[-1], y.T, delta, room.slopes[-1])  # BP1
        delta *= np.array(scale, self.dtype)
        for w_transposed, delta_after, a, slopes, delta in room.backwards:
            np.dot(w_transposed, delta_after, delta)
            delta *= slope(a, slopes)  # BP2
        np.dot(room.all_delta, room.ones, room.all_nabla_biases)  # BP3, summed over the examples
        for delta, nabla_w, a_rows in room.gradients:
            np.matmul(delta, x, nabla_w)  # BP4; dot would fill nabla_w with zeros first
            x = a_rows

    def subtract(self, steps: Iterable[tuple[Array, Array]]) -> None:
        """Make the update: W ← W − step, b ← b − step, first all weights and then all biases."""
        for parameter, step in steps:
            parameter -= step

    def descend(self, nabla_weights: Sequence[Array], nabla_biases: Sequence[Array], eta: float) -> None:
        """Take one step against these gradients, in place: W ← W − η ∂C/∂W, b ← b − η ∂C/∂b."""
        steps = (eta * nabla for nabla in (*nabla_weights, *nabla_biases))
        self.subtract(zip(self.weights + self.biases, steps, strict=True))

    # -- what each kind of network does in its own way ------------------------------------------

    @abstractmethod
    def _bp1(self, a: Array, y: Array, delta: Array, slopes: Array) -> None:
        """Write δ^L into `delta`; there is room for slopes. All have shape (n_L, m)."""

    @abstractmethod
    def _costs(self, room: Workspace, y: Array) -> Array:
        """Return the cost of each example, (m,), after a pass forwards."""

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
        outputs = np.empty((len(rows), self.sizes[-1]), self.dtype)
        for part, room in self._blocks(rows):
            outputs[part] = room.a[-1].T
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
        said = np.concatenate([answers(room.a[-1].T) for _, room in self._blocks(rows)])
        return int(said[0]) if single else said

    def accuracy(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the fraction of rows, 0 to 1, that are answered as `y` says (labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self.measure(x, y)[1]

    def cost(self, x: ArrayLike, y: ArrayLike) -> float:
        """Return the mean cost over the rows of `x` (`y`: labels or targets).

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self.measure(x, y)[0]

    def measure(self, x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
        """Return `cost` and `accuracy`, found in one pass.

        Raises
        ------
        ValueError, TypeError
            If the data do not fit the network, or each other.
        """
        return self._measure(*self._pair(x, y))

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
        x, y = self._pair(x, y)
        room = self._there_and_back(x, y, 1 / len(x))
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
        room = self._there_and_back(*self._pair(x, y), 1)
        gradients = room.delta[0].T @ self.weights[0]
        return gradients[0] if np.ndim(x) == 1 else gradients

    def workspace(self, m: int) -> Workspace:
        """Return room for a pass of m examples, which belongs to weights and biases as they are now."""
        for parameters in self.weights, self.biases:
            for i, array in enumerate(parameters):
                if array.dtype != self.dtype:  # it was put in by hand
                    parameters[i] = array.astype(self.dtype)
        return Workspace(self.weights, self.biases, self._functions, m)

    def _there_and_back(self, x: Array, y: Array, scale: float) -> Workspace:
        """Return a pass over all these examples, with δ multiplied by `scale`."""
        room = self.workspace(len(x))
        self.forward(room, x)
        self.backward(room, x, y, scale)
        return room

    def _blocks(self, x: Array) -> Iterator[tuple[slice, Workspace]]:
        """Send the rows of `x` forwards, block by block: a block stays in the cache."""
        room = self.workspace(min(BLOCK, len(x)))
        with one_blas_thread():
            for start in range(0, len(x), BLOCK):
                part = slice(start, start + BLOCK)
                room = room.of(len(x[part]))
                self.forward(room, x[part])
                yield part, room

    def _measure(self, x: Array, y: Array) -> tuple[float, float]:
        """Return mean cost and accuracy."""
        cost, right = 0.0, 0
        for part, room in self._blocks(x):
            cost += float(self._costs(room, y[part]).sum(dtype=np.float64))
            right += np.count_nonzero(answers(room.a[-1].T) == answers(y[part]))
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
