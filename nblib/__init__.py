"""nblib: the small, readable package behind the course *Neural networks from scratch*.

The mathematics lies open at the top, one module an idea, in the order of the course:
``perceptron``, ``gates``, ``activations``, ``costs``, ``neuron``, ``chain``, ``layers``,
``network``, ``modern``, ``training``, ``gradcheck``. ``trial`` keeps what is found about a claim.
``toydata`` and ``mnist`` hold data; ``digits``, ``handwriting``, ``nearest`` and ``reader`` stand
behind the pad for a digit of one's own. ``drawing`` turns results into pictures and tables; it is
imported only by name, so that ``import nblib`` draws nothing in but NumPy and threadpoolctl.
"""

from nblib.network import Network
from nblib.perceptron import Perceptron

__all__ = ["Network", "Perceptron"]
__version__ = "0.1.0"
