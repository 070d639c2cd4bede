"""Reading what somebody draws: strokes, ink, and ink prepared as MNIST's digits were.

`neighbours` and `reader` are the back end of the digit pad: the images nearest to a drawing, and
what a network makes of it.
"""

from nblib.handwriting.pen import SHAPES, SIDE, THICKNESS, Examples, examples, ink, strokes
from nblib.handwriting.preparation import CENTRES, as_mnist, from_file, shrink

__all__ = [
    "CENTRES",
    "SHAPES",
    "SIDE",
    "THICKNESS",
    "Examples",
    "as_mnist",
    "examples",
    "from_file",
    "ink",
    "shrink",
    "strokes",
]
