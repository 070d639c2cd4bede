"""Room for one pass forwards and backwards: made once for a run, and written anew by every mini-batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Workspace:
    """The arrays of one pass of m examples through layers, with one example a column, as in the formulas.

    Making arrays costs more time than filling small ones, and looking for them costs time too. So they are
    made once, NumPy writes into them, and each line of a pass finds in one tuple what it needs.

    Parameters
    ----------
    weights, biases : lists of ndarray, shapes (n_l, n_{l−1}) and (n_l,)
    functions : list of callable
        f of each layer, ``f(z, out)``.
    m : int
        How many examples.

    Attributes
    ----------
    z, a, delta, slopes : lists of ndarray, shapes (n_l, m), l = 1 … L
        `slopes` is f′(z^l).
    nabla_weights, nabla_biases : lists of ndarray, shapes (n_l, n_{l−1}) and (n_l,)
        The gradients.
    all_delta, all_nabla_biases : ndarray, shapes (n_1 + … + n_L, m) and (n_1 + … + n_L,)
        The same δ and ∂C/∂b in one array each, layer below layer.
    ones : ndarray, shape (m,)
        A product with it is a sum over the examples.
    forwards : list of (W^l, b^l as a column, z^l, f, a^l), l = 1 … L
    backwards : list of (W^(l+1) transposed, δ^(l+1), a^l, f′(z^l), δ^l), l = L − 1 … 1
    gradients : list of (δ^l, ∂C/∂W^l, a^l with one example a row), l = 1 … L
    steps : list of (W^l, ∂C/∂W^l), then of (b^l, ∂C/∂b^l), l = 1 … L
    parameters : list of W^1 … W^L, b^1 … b^L
    """

    def __init__(
        self,
        weights: list[Array],
        biases: list[Array],
        functions: Sequence[Callable[[Array, Array], Any]],
        m: int,
    ) -> None:
        self.parameters, self.m = [*weights, *biases], m
        self._weights, self._biases, self._functions = [*weights], [*biases], functions
        self.z, self.a = self._layers(), self._layers()
        columns = (b[:, None] for b in biases)
        self.forwards = list(zip(weights, columns, self.z, functions, self.a, strict=True))

    def _layers(self) -> list[Array]:
        return [np.empty((len(w), self.m), w.dtype) for w in self._weights]

    def of(self, m: int) -> Workspace:
        """Return the workspace for `m` examples: this one, or else a new one that shares its gradients."""
        if m == self.m:
            return self
        other = Workspace(self._weights, self._biases, self._functions, m)
        for made in {"nabla_weights", "nabla_biases", "all_nabla_biases"} & vars(self).keys():
            vars(other)[made] = vars(self)[made]
        return other

    def belongs_to(self, weights: list[Array], biases: list[Array]) -> bool:
        """Whether these are the very arrays that it was made for."""
        return all(map(is_, self.parameters, weights + biases))

    # What only the way back needs is made on the way back.

    @cached_property
    def all_delta(self) -> Array:
        """δ^1 … δ^L in one array."""
        return np.empty((sum(map(len, self._weights)), self.m), self._weights[0].dtype)

    @cached_property
    def delta(self) -> list[Array]:
        """δ^1 … δ^L."""
        return self._parts(self.all_delta)

    @cached_property
    def slopes(self) -> list[Array]:
        """f′(z^1) … f′(z^L)."""
        return self._layers()

    @cached_property
    def all_nabla_biases(self) -> Array:
        """∂C/∂b^1 … ∂C/∂b^L in one array."""
        return np.empty(len(self.all_delta), self.all_delta.dtype)

    @cached_property
    def nabla_biases(self) -> list[Array]:
        """∂C/∂b^1 … ∂C/∂b^L."""
        return self._parts(self.all_nabla_biases)

    @cached_property
    def nabla_weights(self) -> list[Array]:
        """∂C/∂W^1 … ∂C/∂W^L."""
        return [np.empty_like(w) for w in self._weights]

    def _parts(self, whole: Array) -> list[Array]:
        ends = np.cumsum([len(w) for w in self._weights]).tolist()
        return [whole[end - len(w) : end] for w, end in zip(self._weights, ends, strict=True)]

    @cached_property
    def ones(self) -> Array:
        """As many ones as examples."""
        return np.ones(self.m, self.all_delta.dtype)

    @cached_property
    def backwards(self) -> list[tuple[Array, ...]]:
        """What BP2 takes, from layer L − 1 to layer 1."""
        layers = zip(self._weights[1:], self.delta[1:], self.a, self.slopes, self.delta, strict=False)
        return [(w.T, *others) for w, *others in layers][::-1]

    @cached_property
    def gradients(self) -> list[tuple[Array, ...]]:
        """What BP4 takes, from layer 1 to layer L."""
        return [(*of_layer, a.T) for *of_layer, a in zip(self.delta, self.nabla_weights, self.a, strict=True)]

    @cached_property
    def steps(self) -> list[tuple[Array, Array]]:
        """Each parameter with its gradient."""
        return list(zip(self.parameters, self.nabla_weights + self.nabla_biases, strict=True))
