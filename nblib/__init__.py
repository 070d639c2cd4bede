"""nblib: the small, readable package behind the course *Neural networks from scratch*.

The mathematics lies open at the top, one module an idea, in the order of the course:
``perceptron``, ``gates``, ``activations``, ``costs``, ``neuron``, ``chain``, ``ranking``, ``layers``,
``network``, ``classifier``, ``learners``, ``schedules``, ``augmentations``, ``gradcheck``; ``validate`` and
``shapes`` are its door, ``symptoms`` says what goes wrong behind it, and ``workspace``, ``saving`` and
``threads`` serve it.

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
    from nblib.chain import Chain
    from nblib.classifier import Classifier
    from nblib.data import mnist, toydata

__all__ = ["Chain", "Classifier", "Network", "Perceptron", "mnist", "toydata"]
__version__ = "0.1.0"

_LATER = {"Chain": "chain", "Classifier": "classifier", "mnist": "data.mnist", "toydata": "data.toydata"}


def __getattr__(name: str) -> Any:
    """Bring in the data and some classes when they are first asked for: `import nblib` stays quick."""
    if name not in _LATER:
        raise AttributeError(f"module 'nblib' has no attribute {name!r}")
    module = import_module(f"nblib.{_LATER[name]}")
    return getattr(module, name, module)


def __dir__() -> list[str]:
    """Return what can be asked for, also what is not brought in yet."""
    return sorted({*globals(), *__all__})
