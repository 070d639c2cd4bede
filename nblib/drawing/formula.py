"""A formula of a caption, written once: the same text shows its symbols, takes the numbers, and reckons.

What stands below a picture is to be redone by hand. So a formula is worked out from its numbers as they
are printed, and they get more decimals, or the result fewer, until the two agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from nblib.activations import ACTIVATIONS, sigmoid
from nblib.drawing.numbers import bracketed, given, num, read, show

_BRACES = re.compile(r"\{(.*?)\}")
_PYTHON = str.maketrans({"·": "*", "−": "-", "²": "**2", "½": "0.5"})
_FUNCTIONS = {"σ": sigmoid} | ACTIVATIONS


class Formula:
    """A formula as a reader sees it. Braces hold the names of what has a number.

    Parameters
    ----------
    text : str
        With the signs of a caption: ``·``, ``−``, ``/``, ``²``, ``½``, σ and the names of the other
        activations. A name may stand there several times; empty braces are a value each.

    Attributes
    ----------
    names : tuple of str
        What has a number, in the order in which the methods take their values.

    Examples
    --------
    >>> step = Formula("{w} − {η}·{∂C/∂w}")
    >>> print(step)
    w − η·∂C/∂w
    >>> step.filled("0.50", "4", "−0.25"), step.value("0.50", "4", "−0.25")
    ('0.50 − 4·(−0.25)', 1.5)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        braces = list(_BRACES.finditer(text))
        placed = [found[1] or str(i) for i, found in enumerate(braces)]
        begins = [found.start() == 0 or text[found.start() - 1] == "(" for found in braces]
        self.names = tuple(dict.fromkeys(placed))
        self._places = list(zip(placed, begins, strict=True))
        self._pattern = _BRACES.sub("{}", text)

    def __str__(self) -> str:
        return _BRACES.sub(r"\1", self.text)

    def filled(self, *texts: str) -> str:
        """Return the formula with numbers as they are written here, one for each of `names`.

        Negative ones stand in brackets, except where the formula or a bracket begins.

        Raises
        ------
        ValueError
            If there are more or fewer.
        """
        number = dict(zip(self.names, texts, strict=True))
        return self._pattern.format(
            *(number[name] if first else bracketed(number[name]) for name, first in self._places)
        )

    def value(self, *texts: str) -> float:
        """Return what the formula leads to with numbers as they are written here.

        Raises
        ------
        ValueError
            If there are more or fewer than `names`, or one is no number.
        """
        return float(self._function(dict(zip(self.names, map(read, texts), strict=True))))

    @cached_property
    def _function(self) -> Callable[[dict[str, float]], Any]:
        code = self._pattern.translate(_PYTHON).format(*(f"v[{name!r}]" for name, _ in self._places))
        return eval(f"lambda v: {code}", _FUNCTIONS)

    def worked(self, *values: float | str, result: float, digits: int = 4) -> str:
        """Return "formula with numbers = result", with as many digits as it takes to redo it by hand.

        The result is written as `show` writes it. The values begin with as many decimals and get more
        until they lead to the result as it is written.

        Parameters
        ----------
        *values : float or str
            One for each of `names`. A text, such as `given` returns, is written as it is.
        result : float
            What the formula leads to with all digits.
        digits : int
            Decimals of the result, at least 2.

        Examples
        --------
        >>> Formula("{w} − {η}·{slope}").worked(0.51234, "4", -0.123456, result=1.006164)
        '0.51234 − 4·(−0.12346) = 1.0062'
        """
        printed = show(result, digits)
        for more in range(digits, 18):
            texts = [show(value, more) for value in values]
            if show(self.value(*texts), digits) == printed:
                break
        return f"{self.filled(*texts)} = {printed}"

    def agreed(self, *texts: str, result: float, digits: int) -> str:
        """Return "formula with numbers = result", where the result has the decimals that these numbers give.

        Parameters
        ----------
        *texts : str
            One for each of `names`, such as `plain` returns.
        result : float
            What the formula leads to with all digits.
        digits : int
            The most decimals of the result.

        Examples
        --------
        >>> Formula("{w}·{a}").agreed("7.1", "0.33", result=2.3402, digits=4)
        '7.1·0.33 = 2.34'
        """
        redone = self.value(*texts)
        while digits and abs(redone - round(float(result), digits)) > 10.0**-digits:
            digits -= 1
        return f"{self.filled(*texts)} = {num(result, digits)}"


@lru_cache(maxsize=256)
def formula(text: str) -> Formula:
    """Return the `Formula` of a text that is put together page after page; it is made only once."""
    return Formula(text)


def product(*values: float | str, result: float, digits: int = 4) -> str:
    """Return `Formula.worked` for the product of the values.

    >>> product(2.5, -0.2, result=-0.5)
    '2.5000·(−0.2000) = −0.5000'
    """
    return formula("·".join(["{}"] * len(values))).worked(*values, result=result, digits=digits)


def worked(text: str, *columns: Any, result: Any, digits: int = 4) -> Any:
    """Return a formula with its numbers, "formula = result", once for each row of the columns.

    Parameters
    ----------
    text : str
        See `Formula`.
    *columns : array_like
        A number, or one for each row, for each of the formula's names.
    result : array_like
        What has been reckoned, a number or one for each row.
    digits : int
        Decimals of the result, at least 2.

    Returns
    -------
    str, or list of str if there are rows

    Examples
    --------
    >>> w, x = np.array([0.6, -0.4]), np.array([0.2, 1.0])
    >>> worked("{w}·{x}", w, x, result=w * x, digits=2)
    ['0.6·0.2 = 0.12', '−0.4·1 = −0.40']
    """
    *arrays, results = np.broadcast_arrays(*columns, result)
    rows = zip(*(np.ravel(array) for array in arrays), np.ravel(results), strict=True)
    lines = [formula(text).worked(*map(_given, row), result=found, digits=digits) for *row, found in rows]
    return lines if results.ndim else lines[0]


def _given(value: float) -> float | str:
    """Return a short number as it was written, also where a sum has left noise in its last digits."""
    return given(float(f"{value:.10g}"))
