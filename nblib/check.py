"""The checks of the course's exercises.

In a notebook: ``from nblib import check``, then ``check.perceptron_update(my_update)``. The answer
says what the function now can do, or what is wrong with it; ``check.progress(1)`` says which
exercises of a notebook are solved, in this kernel.
"""

from nblib.lessons import NOTEBOOKS as _NOTEBOOKS
from nblib.lessons import progress

_CHECKS = {check.name: check for checks in _NOTEBOOKS.values() for check in checks}

globals().update(_CHECKS)
__all__ = ["progress", *sorted(_CHECKS)]
