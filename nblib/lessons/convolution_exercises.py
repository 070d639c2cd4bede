"""The exercises of notebook 07b: one filter over a picture, the slope of its weights, digits that move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nblib.augmentations import moved
from nblib.lessons.compare import kind
from nblib.lessons.exercise import exercise, goal, one_function
from nblib.lessons.formulas import Formulas
from nblib.lessons.limit import time_limit
from nblib.lessons.recipes import piles
from nblib.lessons.result import Wrong
from nblib.lessons.slips import NEGATED, TRANSPOSED, TWICE, each

Array = NDArray[Any]

# -- 1. one filter over a picture -------------------------------------------------------------------

FILTER_MAP = Formulas(
    "image w b",
    patches=lambda image, w: sliding_window_view(image, w.shape),
    sums=lambda patches, w: (patches * w).sum(axis=(2, 3)),
    z=lambda sums, b: sums + b,
)


def pictures(rng: np.random.Generator) -> Iterator[tuple[Array, Array, float]]:
    """Yield an image, a square filter and a bias: one pixel first, then images that are not square."""
    yield np.array([[2.0]]), np.array([[3.0]]), 1.0
    yield np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[-10.0]]), 25.0
    yield np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0], [4.0, 8.0]]), -1.0
    for shape, side in (((4, 4), 3), ((4, 6), 3), ((6, 3), 2), ((5, 5), 5)):
        image, w = rng.integers(1, 10, size=shape), rng.integers(-5, 6, size=(side, side))
        yield image / 10, w / 10, float(rng.integers(1, 9)) / 10


@exercise(
    title="One filter",
    learned="Your filter looks at every place of every picture.",
    cases=pictures,
    returns="z",
)
def filter_map(image: Array, w: Array, b: float) -> Array:
    """z at every place, (height − s + 1, width − s + 1), for an image and a filter w of s × s weights."""
    return FILTER_MAP(image, w, b)


filter_map.slips = {
    "The bias is missing: each place adds it to its sum, once.": FILTER_MAP.but(z=lambda sums: sums),
    "The bias is added for every pixel of the patch. It belongs to the neuron: once, to the finished "
    "sum.": FILTER_MAP.but(z=lambda sums, b, w: sums + w.size * b),
    "The filter is turned by half a turn. That is the convolution of mathematics; here, and in every "
    "library for networks, weight and pixel keep their places.": FILTER_MAP.but(
        sums=lambda patches, w: (patches * w[::-1, ::-1]).sum(axis=(2, 3))
    ),
    "The filter is transposed: row k of it belongs to row k of the patch.": FILTER_MAP.but(
        sums=lambda patches, w: (patches * w.T).sum(axis=(2, 3))
    ),
    "It is the mean of the products. A neuron adds them up.": FILTER_MAP.but(
        sums=lambda patches, w: (patches * w).mean(axis=(2, 3))
    ),
    "The map lacks its last row and column. A side of n pixels has n − s + 1 places: range(n − s) stops one "
    "too early.": lambda image, w, b: FILTER_MAP(image, w, b)[:-1, :-1],
    "The map is as large as the image. Keep the places where the whole filter fits: "
    "n − s + 1 along a side.": lambda image, w, b: FILTER_MAP(
        np.pad(image, [(0, len(w) - 1), (0, len(w) - 1)]), w, b
    ),
    "The map is transposed: its rows belong to the rows of the image.": TRANSPOSED,
    "What is below 0 is cut off. Here only z is asked for; the activation comes after it.": each(
        lambda z: np.maximum(z, 0)
    ),
    "It is a product of matrices. Each weight is multiplied with its own pixel, `*`, and then all are "
    "added up.": FILTER_MAP.but(sums=lambda patches, w: (patches @ w).sum(axis=(2, 3))),
}

# -- 2. the slope along its weights -----------------------------------------------------------------

FILTER_GRADIENT = Formulas(
    "image delta",
    side=lambda image, delta: len(image) - len(delta) + 1,
    patches=lambda image, side: sliding_window_view(image, (side, side)),
    products=lambda patches, delta: patches * delta[:, :, None, None],
    slopes=lambda products: products.sum(axis=(0, 1)),
)


def maps(rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield an image, and δ at every place of a filter; the filter is square."""
    yield np.array([[2.0]]), np.array([[3.0]])
    yield np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0]])
    yield np.arange(9.0).reshape(3, 3), np.array([[1.0, 0.0], [0.0, -1.0]])
    for height, width, side in ((4, 4, 3), (4, 6, 2), (6, 5, 3), (5, 5, 2)):
        delta = rng.integers(-9, 10, size=(height - side + 1, width - side + 1))
        yield rng.integers(0, 10, size=(height, width)) / 10, delta / 10


@exercise(
    title="The slope of shared weights",
    learned="Your function is BP4 for weights that work at many places.",
    cases=maps,
    returns="∂C/∂w",
)
def filter_gradient(image: Array, delta: Array) -> Array:
    """∂C/∂w, (s, s), from the image and δ at every place: the sum over the places of δ times the patch."""
    return FILTER_GRADIENT(image, delta)


filter_gradient.slips = {
    "It has the wrong sign. The minus that leads downhill belongs to the update.": NEGATED,
    "It is twice too large: the factors of the cost are in δ already.": TWICE,
    "It is the mean over the places. A nudge of the weight moves z at all of them, and all that adds "
    "up.": FILTER_GRADIENT.but(slopes=lambda products: products.mean(axis=(0, 1))),
    "Only the last place is left: in a loop, = begins anew where += adds.": FILTER_GRADIENT.but(
        slopes=lambda products: products[-1, -1]
    ),
    "Only the first place counts. The filter has looked at all of them.": FILTER_GRADIENT.but(
        slopes=lambda products: products[0, 0]
    ),
    "δ is missing: what the patches hold is added up, whatever they are to blame for.": FILTER_GRADIENT.but(
        products=lambda patches: patches
    ),
    "Every weight gets the same. Each one meets its own pixel of the patch.": FILTER_GRADIENT.but(
        slopes=lambda products, side: np.full((side, side), products.sum())
    ),
    "This is the slope of the bias, the sum of all δ, in every place: the pixels are "
    "missing.": FILTER_GRADIENT.but(slopes=lambda delta, side: np.full((side, side), delta.sum())),
    "It is turned by half a turn: pixel k of the patch belongs to weight k.": each(
        lambda slopes: slopes[::-1, ::-1]
    ),
    "It is transposed: row k of the patch belongs to row k of the filter.": TRANSPOSED,
}

# -- 3. digits that move ----------------------------------------------------------------------------

IMAGES = 5000
MOVE = 3
ENOUGH = 0.8
SECONDS = 300.0
WAYS = {"up": (-MOVE, 0), "down": (MOVE, 0), "left": (0, -MOVE), "right": (0, MOVE)}


@goal(
    title="Wherever it stands",
    learned="Your recipe reads digits wherever they stand.",
    seconds=None,
)
def wherever(train: Callable[[Array, NDArray[np.int64]], Any]) -> str:
    """Train any network on 5,000 images; of 1,000 others, moved by three pixels, 80 % must be read."""
    function = one_function("wherever", [train])
    (x_train, y_train), (x, y), _ = piles()
    with time_limit(SECONDS):
        network = function(x_train[:IMAGES].copy(), y_train[:IMAGES].copy())
    predict = getattr(network, "predict", None)
    if not callable(predict):
        raise Wrong(
            f"It must return the network that it has trained, got {kind(network)}. Is a `return` missing?"
        )
    x, y = x[:1000], y[:1000]
    with np.errstate(all="ignore"):
        stays = float(np.mean(predict(x) == y))
        share = {name: float(np.mean(predict(moved(x, *way)) == y)) for name, way in WAYS.items()}
    mean, worst = float(np.mean([*share.values()])), min(share, key=share.__getitem__)
    says = f"It reads {mean:.1%} of 1,000 digits moved by three pixels, and {stays:.1%} where they stood"
    if mean < ENOUGH:
        raise Wrong(
            f"{says}; the goal is {ENOUGH:.0%} of the moved ones. Those moved {worst} are read worst, "
            f"{share[worst]:.1%}."
        )
    return f"{says}."
