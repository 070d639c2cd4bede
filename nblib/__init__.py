"""nblib: the small, readable package behind the course *Neural networks from scratch*.

The mathematics lies open at the top, one module an idea, in the order of the course:
``perceptron``, ``gates``, ``activations``, ``costs``, ``neuron``, ``chain``, ``layers``,
``network``, ``classifier``, ``learners``, ``schedules``, ``augmentations``, ``gradcheck``; ``validate`` is
its door, and ``workspace``, ``saving`` and ``threads`` serve it.

What serves the lessons has a folder each: ``runs`` record what happens, ``drawing`` and ``steppers``
show it, ``widgets`` put it on a page, ``lessons`` hold the exercises behind ``check``. ``data``
brings the digits, ``handwriting`` the digits of one's own, ``tools`` serve teachers and authors.
``import nblib`` draws nothing in but NumPy and threadpoolctl.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nblib.network import Network
from nblib.perceptron import Perceptron

if TYPE_CHECKING:
    from nblib.data import mnist, toydata

__all__ = ["Network", "Perceptron", "mnist", "toydata"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Bring in the data when they are first asked for: most of `import nblib` would be theirs."""
    if name in ("mnist", "toydata"):
        return import_module(f"nblib.data.{name}")
    raise AttributeError(f"module 'nblib' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return what can be asked for, the data too."""
    return sorted({*globals(), *__all__})
