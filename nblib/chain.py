r"""Three neurons in a row, and every derivative of the chain rule by its name.

    a0 ──w1, b1──▶ a1 ──w2, b2──▶ a2

    z1 = w1·a0 + b1    a1 = σ(z1)
    z2 = w2·a1 + b2    a2 = σ(z2)    C = ½ (a2 − y)²

The number counts the layers: w1 is w¹ of the formulas, and a2 is a², never a power. Where others count from
the last layer L = 2, a0 is a^(L−2), a1 is a^(L−1), and a2 is a^(L).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nblib import validate
from nblib.activations import sigmoid

Value = Any  # a float, or an array of them: one per example, or one per step of a descent

PARAMETERS = ("w1", "b1", "w2", "b2")


@dataclass(frozen=True)
class ChainPass:
    """One pass through the chain, there and back: every number that it meets.

    Forwards: `a0`, `z1`, `a1`, `z2`, `a2`, `cost`. Backwards, first the factors, one for each
    arrow of the dependency tree, then the products of factors along a path from C.
    ``da2_dz2`` reads ∂a2/∂z2. `delta2` and `delta1` are ∂C/∂z2 and ∂C/∂z1.
    """

    a0: Value
    z1: Value
    a1: Value
    z2: Value
    a2: Value
    cost: Value

    dC_da2: Value
    da2_dz2: Value
    dz2_dw2: Value
    dz2_db2: Value
    dz2_da1: Value
    da1_dz1: Value
    dz1_dw1: Value
    dz1_db1: Value
    dz1_da0: Value

    delta2: Value
    dC_dw2: Value
    dC_db2: Value
    dC_da1: Value
    delta1: Value
    dC_dw1: Value
    dC_db1: Value
    dC_da0: Value


@dataclass(frozen=True)
class ChainRecord:
    """What one descent did: T steps, T + 1 rows.

    Attributes
    ----------
    eta : float
        The learning rate.
    y : float or ndarray, shape (n,)
        The targets.
    w1, b1, w2, b2 : ndarray, shape (T + 1,)
        The parameters before step 0, 1, … and after the last.
    passes : ChainPass
        Every value of every row: arrays of shape (T + 1,), or (T + 1, n) for n examples.
    """

    eta: float
    y: Value
    w1: Value
    b1: Value
    w2: Value
    b2: Value
    passes: ChainPass

    def __len__(self) -> int:
        return len(self.w1) - 1

    def __repr__(self) -> str:
        costs = np.mean(np.reshape(self.passes.cost, (len(self.w1), -1)), axis=1)
        return f"ChainRecord({len(self)} steps, cost {costs[0]:.4f} -> {costs[-1]:.4f})"


@dataclass(frozen=True)
class Chain:
    """The parameters of a three-neuron chain.

    Examples
    --------
    >>> there_and_back = Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58).run(a0=0.8, y=1.0)
    >>> round(there_and_back.a2, 2), round(there_and_back.dC_dw2, 4)
    (0.66, -0.0474)
    """

    w1: Value
    b1: Value
    w2: Value
    b2: Value

    def __post_init__(self) -> None:
        for name in PARAMETERS:
            value, given = validate.finite(name, getattr(self, name)), getattr(self, name)
            object.__setattr__(self, name, value if isinstance(given, (list, tuple)) else given)

    def run(self, a0: Value, y: Value) -> ChainPass:
        """Return every value and derivative for the input `a0` and the target `y`.

        Both may be numbers, or arrays of shape (n,) for n examples.

        Raises
        ------
        ValueError, TypeError
            If `a0` and `y` are not two finite numbers, or two arrays of one shape (n,).
        """
        a0, y = self._examples(a0, y)
        z1 = self.w1 * a0 + self.b1
        a1 = _sigma(z1)
        z2 = self.w2 * a1 + self.b2
        a2 = _sigma(z2)

        dC_da2 = a2 - y
        da2_dz2 = a2 * (1 - a2)
        dz2_dw2, dz2_db2, dz2_da1 = a1, 1.0, self.w2
        da1_dz1 = a1 * (1 - a1)
        dz1_dw1, dz1_db1, dz1_da0 = a0, 1.0, self.w1

        delta2 = dC_da2 * da2_dz2
        dC_da1 = delta2 * dz2_da1
        delta1 = dC_da1 * da1_dz1
        return ChainPass(
            a0=a0, z1=z1, a1=a1, z2=z2, a2=a2, cost=0.5 * (a2 - y) ** 2,
            dC_da2=dC_da2, da2_dz2=da2_dz2, dz2_dw2=dz2_dw2, dz2_db2=dz2_db2, dz2_da1=dz2_da1,
            da1_dz1=da1_dz1, dz1_dw1=dz1_dw1, dz1_db1=dz1_db1, dz1_da0=dz1_da0,
            delta2=delta2, dC_dw2=delta2 * dz2_dw2, dC_db2=delta2 * dz2_db2, dC_da1=dC_da1,
            delta1=delta1, dC_dw1=delta1 * dz1_dw1, dC_db1=delta1 * dz1_db1, dC_da0=delta1 * dz1_da0,
        )  # fmt: skip

    def cost(self, a0: Value, y: Value) -> float:
        """Return the cost ½ (a2 − y)², averaged over the examples."""
        return float(np.mean(self.run(a0, y).cost))

    def gradient(self, a0: Value, y: Value) -> dict[str, float]:
        """Return ∂C/∂w1, ∂C/∂b1, ∂C/∂w2 and ∂C/∂b2 by parameter name, averaged over the examples."""
        there_and_back = self.run(a0, y)
        return {name: float(np.mean(getattr(there_and_back, f"dC_d{name}"))) for name in PARAMETERS}

    def nudge(self, name: str, h: float) -> Chain:
        """Return the chain with `h` added to the parameter `name`.

        Raises
        ------
        ValueError, TypeError
            If there is no parameter of this name, or `h` is no finite number.
        """
        validate.one_of("name", name, PARAMETERS)
        return replace(self, **{name: getattr(self, name) + validate.number("h", h)})

    def update(self, gradient: dict[str, float], eta: float) -> Chain:
        """Return the chain after one step against `gradient`, with learning rate η = `eta`.

        Raises
        ------
        ValueError, TypeError
            If `gradient` does not hold a finite number for each parameter, or `eta` is none above 0.
        """
        eta = validate.positive("eta", eta)
        for name in PARAMETERS:
            if name not in validate.mapping("gradient", gradient, "slopes by name"):
                raise ValueError(f"gradient must hold {', '.join(PARAMETERS)}, and {name!r} is not there")
            validate.finite(f"gradient[{name!r}]", gradient[name])
        return Chain(**{name: getattr(self, name) - eta * gradient[name] for name in PARAMETERS})

    def descend(self, a0: Value, y: Value, eta: float, steps: int) -> ChainRecord:
        """Take `steps` steps of gradient descent and return the record; the chain itself stays as it is.

        Parameters
        ----------
        a0, y : float or array_like, shape (n,)
            One example, or n of them, over which the gradient is averaged.
        eta : float
            The learning rate η, above 0.
        steps : int
            Number of steps, at least 1.

        Raises
        ------
        ValueError, TypeError
            If an argument is not as described.
        """
        a0, y = self._examples(a0, y)
        eta = validate.positive("eta", eta)
        chains = [self]
        for _ in range(validate.whole("steps", steps, at_least=1)):
            chains.append(chains[-1].update(chains[-1].gradient(a0, y), eta))
        history = {name: np.array([getattr(chain, name) for chain in chains]) for name in PARAMETERS}
        columns = {name: values[:, None] for name, values in history.items()} if np.ndim(a0) else history
        passes = Chain(**columns).run(a0, y)
        shape = np.shape(passes.cost)  # inputs, weights and 1.0 are the same for some rows: repeat them
        full = {field.name: np.broadcast_to(getattr(passes, field.name), shape) for field in fields(passes)}
        return ChainRecord(eta=eta, y=y, passes=ChainPass(**full), **history)

    @staticmethod
    def _examples(a0: ArrayLike, y: ArrayLike) -> tuple[Value, Value]:
        a0, y = validate.finite("a0", a0), validate.finite("y", y)
        if a0.shape != y.shape or a0.ndim > 1 or a0.size == 0:
            raise ValueError(
                f"a0 and y must be two numbers or two vectors of one length, got shapes "
                f"{a0.shape} and {y.shape}"
            )
        return (a0, y) if a0.ndim else (float(a0), float(y))


def _sigma(z: Value) -> Value:
    a = sigmoid(z)
    return a if a.ndim else float(a)
