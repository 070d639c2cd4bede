"""Stochastic gradient descent on MNIST, mini-batch by mini-batch.

What each mini-batch shows the network, how far its gradient is off, and what the update does to
the hidden weights, the cost and the accuracy.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from nblib import Network, costs, mnist, validate
from nblib.drawing.numbers import factor, num, signed, sub
from nblib.drawing.scene import Axes, Caption, Element, Scene, circle, element, group, line, rect, text
from nblib.network import one_blas_thread
from nblib.widgets.explorer import Explorer, eta_slider

Array = NDArray[Any]

SIZES = (784, 16, 10)
OUTPUT, HIDDEN = 3, 5  # the captions follow w²₃,₅, as notebook 06 does
MINI_BATCH_SIZES = (1, 10, 100)
SHOWN = 10  # images of a mini-batch that are drawn
SAMPLE = 2000  # training images that stand for all of them in the "full" gradient
MEASURED = 500  # validation images that cost and accuracy are measured on

NAME = f"w²{sub(OUTPUT)},{sub(HIDDEN)}"
SLOPE = f"∂C/∂{NAME}"
PRODUCT = f"δ²{sub(OUTPUT)} a¹{sub(HIDDEN)}"
FORMULA = f"{SLOPE} = mean of {PRODUCT} over the images\n{NAME} ← {NAME} − η {SLOPE}\ncos ∠ = g·G/(‖g‖·‖G‖)"


# -- the record -----------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class SGDRecord:
    """What a run did, one row for each of its T mini-batches of m images.

    Everything about a mini-batch is measured before its update. What has T + 1 rows belongs to the
    network: row t after t updates, row 0 before the first.

    Attributes
    ----------
    eta : float
        The learning rate η.
    n_train, n_sample, n_measured : int
        Images to draw mini-batches from, images of the "full" gradient, images measured on.
    images : ndarray, shape (T, min(m, 10), 784)
        The first images of each mini-batch, 0 to 1.
    labels, answers : ndarray of int, shapes (T, m)
    cost : ndarray, shape (T,)
        Mean cost of the mini-batch.
    deltas, activations : ndarray, shapes (T, m)
        δ²₃ and a¹₅ of each image on its own.
    gradient : ndarray, shape (T,)
        ∂C/∂w²₃,₅ of the mini-batch.
    dot, norm, full_norm : ndarray, shapes (T,)
        g · G, ‖g‖ and ‖G‖ of the mini-batch's gradient g and the "full" gradient G, all 12,730
        components of them.
    weight : ndarray, shape (T + 1,)
        w²₃,₅, from hidden neuron 5 to the output neuron of digit 3.
    hidden_weights : ndarray, shape (T + 1, 16, 784)
    measured_cost : ndarray, shape (T + 1,)
    right : ndarray of int, shape (T + 1,)
        How many of the `n_measured` images are answered rightly.
    """

    eta: float
    n_train: int
    n_sample: int
    n_measured: int
    images: Array
    labels: NDArray[np.int64]
    answers: NDArray[np.int64]
    cost: Array
    deltas: Array
    activations: Array
    gradient: Array
    dot: Array
    norm: Array
    full_norm: Array
    weight: Array
    hidden_weights: Array
    measured_cost: Array
    right: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.cost)

    def __repr__(self) -> str:
        return f"SGDRecord({len(self)} mini-batches of {self.labels.shape[1]}, η = {self.eta:g})"

    @property
    def slopes(self) -> Array:
        """∂C/∂w²₃,₅ of each image on its own, δ²₃ a¹₅ (BP4), shape (T, m)."""
        return self.deltas * self.activations

    @property
    def cosine(self) -> Array:
        """Cosine of the angle between g and G, shape (T,); NaN where one of them is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(self.dot / (self.norm * self.full_norm), -1, 1)

    @property
    def angle(self) -> Array:
        """The angle between g and G in degrees, 0 to 180, shape (T,); NaN where one of them is zero."""
        return np.degrees(np.arccos(self.cosine))


def run(
    x: ArrayLike,
    y: ArrayLike,
    validation: tuple[ArrayLike, ArrayLike],
    *,
    eta: float = 0.5,
    mini_batch_size: int = 10,
    n_steps: int = 50,
    seed: int = 0,
) -> SGDRecord:
    """Train a 784-16-10 network from scaled weights, and record every mini-batch.

    The "full" gradient is the one over the first 2,000 rows of `x`: to compute it over all 50,000
    at every step would be slow.

    Parameters
    ----------
    x : array_like, shape (n, 784)
        Images to draw the mini-batches from; only the rows that are used are looked at.
    y : array_like of int, shape (n,)
        Their labels.
    validation : tuple of (x, y)
        Images that cost and accuracy are measured on: the first 500.
    eta : float
        The learning rate η, above 0.
    mini_batch_size : int
        m, at least 1.
    n_steps : int
        Mini-batches to learn from, at least 1; together they hold at most n images.
    seed : int
        Seed of the weights and of the order of the images. The network and the order are those of
        ``Network([784, 16, 10], init="scaled", seed=seed)`` and ``default_rng(seed).permutation(n)``.
    """
    eta = validate.positive("eta", eta)
    m = validate.whole("mini_batch_size", mini_batch_size, at_least=1)
    n_steps = validate.whole("n_steps", n_steps, at_least=1)
    x, y = validate.real("x", x), validate.real("y", y)
    validate.same_length("x", x, "y", y)
    if n_steps * m > len(x):
        raise ValueError(f"n_steps · mini_batch_size must be at most {len(x)} images, got {n_steps * m}")
    network = Network(SIZES, init="scaled", seed=seed)
    sample, measured = _pile("x", (x, y), SAMPLE), _pile("validation", validation, MEASURED)
    order = np.random.default_rng(seed).permutation(len(x))[: n_steps * m].reshape(n_steps, m)
    states, steps = [_state(network, *measured)], []
    with one_blas_thread():
        for chosen in order:
            steps.append(_step(network, x[chosen], y[chosen], sample, eta))
            states.append(_state(network, *measured))
    return SGDRecord(
        eta, len(x), len(sample[0]), len(measured[0]), images=x[order[:, :SHOWN]], labels=y[order],
        **_columns(steps), **_columns(states),
    )  # fmt: skip


def _pile(name: str, pair: tuple[ArrayLike, ArrayLike], most: int) -> tuple[Array, Array]:
    """Return at most `most` images as rows and their targets."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair (x, y), got {type(pair).__name__}")
    x, y = (validate.real(name, part)[:most] for part in pair)
    rows, targets = validate.rows(name, x, SIZES[0], np.float32), mnist.one_hot(y)
    validate.same_length(name, rows, "its labels", targets)
    return rows, targets


def _columns(rows: list[dict[str, Any]]) -> dict[str, Array]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _state(network: Network, x: Array, targets: Array) -> dict[str, Any]:
    """Return what belongs to the network between two updates."""
    outputs = network.feedforward(x)
    return {
        "weight": network.weights[1][OUTPUT, HIDDEN],
        "hidden_weights": network.weights[0].copy(),
        "measured_cost": costs.quadratic(outputs, targets).mean(),
        "right": (outputs.argmax(axis=1) == targets.argmax(axis=1)).sum(),
    }


def _step(network: Network, x: Array, y: Array, sample: tuple[Array, Array], eta: float) -> dict[str, Any]:
    """Measure a mini-batch, then update the network by it."""
    full = _arrow(*network.backprop(*sample))
    trace = network.trace(x, y)
    own = _arrow(trace.nabla_weights, trace.nabla_biases)
    for w, nabla in zip(network.weights, trace.nabla_weights, strict=True):
        w -= eta * nabla
    for b, nabla in zip(network.biases, trace.nabla_biases, strict=True):
        b -= eta * nabla
    return {
        "answers": trace.activations[2].argmax(axis=1),
        "cost": trace.costs.mean(),
        "deltas": trace.deltas[1][:, OUTPUT],
        "activations": trace.activations[1][:, HIDDEN],
        "gradient": trace.nabla_weights[1][OUTPUT, HIDDEN],
        "dot": own @ full,
        "norm": np.linalg.norm(own),
        "full_norm": np.linalg.norm(full),
    }


def _arrow(nabla_weights: list[Array], nabla_biases: list[Array]) -> Array:
    """Return all components of a gradient in one vector."""
    return np.concatenate([nabla.ravel() for nabla in (*nabla_weights, *nabla_biases)])


# -- the scene ------------------------------------------------------------------------------------


def scene(record: SGDRecord) -> Scene:
    """Return the scene of a run: one page before the first mini-batch, and one for each mini-batch.

    A page shows the images with the answers before the update, and the weights after it.
    """
    return Scene(
        [*_mini_batch(record), *_weights(record), *_dial(record), *_curves(record)],
        [_start(record), *(_caption(record, t) for t in range(len(record)))],
        width=740,
        height=460,
        title="Stochastic gradient descent on MNIST",
        telling=min(len(record), 30),
    )


_TILE, _PITCH, _GAP = 56, 70, 7  # an image and the distance of two in SVG units; the gap in pixels


def _mini_batch(record: SGDRecord) -> list[Element]:
    n, m, shown = len(record), record.labels.shape[1], record.images.shape[1]
    heading = [
        f"mini-batch {t} of {n}{f', the first {shown} of its {m} images' * (m > shown)}" for t in range(n + 1)
    ]
    heading[0] = f"{n} mini-batches of {m} will come here"
    explained = f"under each image: right or wrong before the update, and its own {SLOPE}"
    hidden_first = np.r_[np.nan, np.full(n, 1.0)]
    parts = [
        text(30, 14, heading, size=13, text_anchor="start", font_weight="bold"),
        text(30, 132, ["", *[explained] * n], size=11, text_anchor="start", fill="quiet"),
        element(
            "image", href=["", *map(_digits, record.images)], x=30, y=28 * hidden_first,
            width=shown * _PITCH - 2 * _GAP, height=_TILE, image_rendering="pixelated",
        ),
    ]  # fmt: skip
    for i in range(shown):
        parts += _answer(record, i, 30 + _PITCH * i)
    return parts


def _answer(record: SGDRecord, i: int, left: float) -> list[Element]:
    """Return the frame of image number i of the mini-batch and what stands under it."""
    said, label = record.answers[:, i], record.labels[:, i]
    right = np.r_[True, said == label]
    rim = np.where(right, 1.0, 2.0)
    rim[0] = np.nan  # there is no image on the first page
    verdicts = [f"✓ {a}" if a == y else f"✗ {a}, is {y}" for a, y in zip(said, label, strict=True)]
    slopes = [signed(s, 4) if np.isfinite(s) else "" for s in record.slopes[:, i]]
    middle = left + _TILE / 2
    return [
        rect(
            left, 28, _TILE, _TILE, fill="none", stroke="ink",
            stroke_width=rim, stroke_dasharray=np.where(right, "none", "5 3").tolist(),
        ),
        text(middle, 96, ["", *verdicts], size=12),
        text(middle, 112, ["", *slopes], size=11, fill="quiet"),
    ]  # fmt: skip


_GRID, _CELL = (30, 166), 4  # 4 × 4 tiles of 14 × 14 cells, one cell apart


def _weights(record: SGDRecord) -> list[Element]:
    left, top = _GRID
    tile, pitch = 14 * _CELL, 15 * _CELL
    frames = [
        rect(left + pitch * (j % 4), top + pitch * (j // 4), tile, tile, fill="white", stroke="grid")
        for j in range(SIZES[1])
    ]
    followed = rect(
        left + pitch * (HIDDEN % 4) - 1, top + pitch * (HIDDEN // 4) - 1, tile + 2, tile + 2,
        fill="none", stroke="mark", stroke_width=3,
    )  # fmt: skip
    size = 59 * _CELL
    pictures = element(
        "image", href=_signed_pictures(record.hidden_weights), x=left, y=top, width=size, height=size,
        preserveAspectRatio="none", image_rendering="pixelated",
    )  # fmt: skip
    lines = [
        "+ blue, solid; − orange, striped",
        "a cell: the mean of 2 × 2 pixels' weights",
        f"framed: neuron {HIDDEN} of 0 to 15, where {NAME} begins",
    ]
    words = [
        text(left, top + size + 12 + 15 * i, words, size=11, text_anchor="start", fill="quiet")
        for i, words in enumerate(lines)
    ]
    heading = text(left, 154, "hidden weights, after the update", text_anchor="start", font_weight="bold")
    return [heading, *frames, pictures, followed, *words]


def _dial(record: SGDRecord) -> list[Element]:
    """Return the two gradients as arrows: G straight downhill, g turned away from it by the angle."""
    x, y, r = 372, 240, 60
    angle = np.r_[np.nan, record.angle]
    known = np.isfinite(angle)
    degrees = np.where(known, angle, 0)
    half = element("path", d=f"M{x} {y + r} A{r} {r} 0 0 0 {x} {y - r} Z", fill="none", stroke="grid")
    arrow = f"M{x} {y} V{y + r - 8} M{x - 6} {y + r - 9} H{x + 6} L{x} {y + r} Z"
    return [
        text(300, 154, "two ways downhill", text_anchor="start", font_weight="bold"),
        half,
        line(x, y, x + r, y, stroke="quiet", stroke_dasharray="3 4"),
        text(x + r + 6, y, "90°", size=11, fill="quiet", text_anchor="start"),
        text(x - 6, y - r + 6, "180°, uphill", size=11, fill="quiet", text_anchor="end"),
        element("path", d=arrow, fill="ink", stroke="ink", stroke_width=2),
        text(x - 8, y + r - 4, f"{record.n_sample:,} images", size=11, text_anchor="end"),
        element(
            "path", d=arrow, fill="positive", stroke="positive", stroke_width=np.where(known, 3, np.nan),
            transform=[f"rotate({-d:.1f} {x} {y})" for d in degrees],
        ),
        text(
            x + r - 6, y - r + 6, ["", *(f"mini-batch: {num(d, 0)}°" for d in degrees[1:])], size=11,
            fill="positive", text_anchor="start", font_size=np.where(known, 11, np.nan),
        ),
    ]  # fmt: skip


def _curves(record: SGDRecord) -> list[Element]:
    n = len(record)
    batch, after = np.arange(1, n + 1), np.arange(n + 1)
    known = np.r_[1.0, record.cost, record.measured_cost]
    top = 1.05 * known[np.isfinite(known)].max()
    cost = Axes(556, 166, 168, 96, (0, n), (0, top))
    angle = Axes(346, 326, 138, 90, (0, n), (0, 180))
    accuracy = Axes(556, 326, 168, 90, (0, n), (0, 100))
    percent = 100 * record.right / record.n_measured
    below = "mini-batches"
    return [
        text(726, 154, f"dots: mini-batch, line: {record.n_measured} images", 11, text_anchor="end"),
        cost.frame(below, "cost", ticks=4),
        _so_far(cost, "cost", n, _path(cost, after, record.measured_cost), *_dots(cost, batch, record.cost)),
        _here(cost, after, record.measured_cost),
        angle.frame(below, "angle, degrees", ticks=4),
        line(angle.x(0), angle.y(90), angle.x(n), angle.y(90), stroke="quiet", stroke_dasharray="3 4"),
        _so_far(angle, "angle", n, _path(angle, batch, record.angle)),
        _here(angle, batch, record.angle),
        accuracy.frame(below, "accuracy, %", ticks=4),
        _so_far(accuracy, "accuracy", n, _path(accuracy, after, percent)),
        _here(accuracy, after, percent),
    ]


def _path(axes: Axes, x: Array, y: Array) -> Element:
    """Return a line through the points, with gaps where a value is not finite."""
    parts, pen = [], "M"
    for across, up in zip(np.asarray(axes.x(x)), np.asarray(axes.y(y)), strict=True):
        parts.append(f"{pen}{across:.1f} {up:.1f}" if np.isfinite(up) else "")
        pen = "L" if parts[-1] else "M"
    return element("path", d=" ".join(filter(None, parts)), fill="none", stroke="positive", stroke_width=1.8)


def _dots(axes: Axes, x: Array, y: Array) -> list[Element]:
    places = zip(np.asarray(axes.x(x)), np.asarray(axes.y(y)), strict=True)
    return [circle(across, up, 1.8, fill="ink") for across, up in places if np.isfinite(up)]


def _so_far(axes: Axes, name: str, n: int, *children: Element) -> Element:
    """Return the children as far as the present page."""
    widths = axes.x(np.arange(n + 1)) - axes.left + 2.5
    shape = rect(axes.left, axes.top - 5, widths, axes.height + 10)
    return group(element("clipPath", shape, id=name), group(*children, clip_path=f"url(#{name})"))


def _here(axes: Axes, x: Array, y: Array) -> Element:
    """Return a ring at the present point; where the first page has none, it is hidden there."""
    missing = np.full(1 if x[0] else 0, np.nan)
    up = np.r_[missing, axes.y(y)]
    return circle(np.r_[missing, axes.x(x)], up, 5, fill="none", stroke="ink", stroke_width=2)


# -- small images ---------------------------------------------------------------------------------


def _data_uri(numbers: Array, colours: list[tuple[int, int, int, int]]) -> str:
    """Return a picture of colour numbers, shape (height, width), as PNG inside a URI."""
    image = Image.fromarray(numbers.astype(np.uint8))
    image.putpalette([part for colour in colours for part in colour[:3]])
    file = io.BytesIO()
    image.save(file, format="PNG", transparency=bytes(colour[3] for colour in colours))
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


_CLEAR = (255, 255, 255, 0)
_INK = [(level, level, level, 255) for level in np.linspace(255, 0, 15).astype(int).tolist()]


def _digits(images: Array) -> str:
    """Return images (n, 784) side by side, ink dark on paper."""
    levels = np.round(14 * np.clip(np.nan_to_num(images), 0, 1)).astype(int) + 1
    spaced = np.pad(levels.reshape(-1, 28, 28), ((0, 0), (0, 0), (0, _GAP)))
    return _data_uri(np.hstack(list(spaced))[:, :-_GAP], [_CLEAR, *_INK])


_SIGNED = [_CLEAR] + [
    (*colour, round(255 * level / 7)) for colour in ((0, 114, 178), (213, 94, 0)) for level in range(1, 8)
]


def _signed_pictures(weights: Array) -> list[str]:
    """Return for each step the weights (16, 784) as 4 × 4 tiles, each half as fine; one scale for all.

    A cell is two pixels high: a positive one fills both, a negative one only the upper.
    """
    cells = weights.reshape(-1, 4, 4, 14, 2, 14, 2).mean(axis=(4, 6))
    cells = np.where(np.isfinite(cells), cells, 0)
    levels = np.clip(np.round(7 * cells / (np.quantile(np.abs(cells), 0.995) or 1)), -7, 7).astype(int)
    upper, lower = np.where(levels < 0, 7 - levels, levels), np.maximum(levels, 0)
    rows = np.stack([upper, lower], axis=4).reshape(-1, 4, 4, 28, 14)
    spaced = np.pad(rows, ((0, 0), (0, 0), (0, 0), (0, 2), (0, 1)))
    pages = spaced.transpose(0, 1, 3, 2, 4).reshape(-1, 4 * 30, 4 * 15)[:, :-2, :-1]
    return [_data_uri(page, _SIGNED) for page in pages]


# -- the captions ---------------------------------------------------------------------------------


def _start(record: SGDRecord) -> Caption:
    m = record.labels.shape[1]
    return Caption(
        f"Before the first mini-batch. The weights are random and scaled, and {record.right[0]} of "
        f"{record.n_measured} validation images are read rightly. Each next page is one update by "
        f"{_count(m)}. Its gradient g is compared with G, the gradient over {record.n_sample:,} training "
        f"images: computing it over all {record.n_train:,} at each step would be slow.",
        FORMULA,
        f"{NAME} = {num(record.weight[0], 4)}, η = {record.eta:.4g}",
    )


def _caption(record: SGDRecord, t: int) -> Caption:
    known = np.isfinite(record.cost) & np.isfinite(record.gradient) & np.isfinite(record.weight[1:])
    if not known[t]:
        first = int(np.argmin(known)) + 1
        return Caption(f"The cost left the scale at mini-batch {first}: η is too large.", FORMULA)
    words = [f"Mini-batch {t + 1} of {len(record)}."]
    words += [_reading(record, t), _direction(record, t), _progress(record, t)]
    numbers = [_mean_slope(record, t), _weight_update(record, t)]
    if np.isfinite(record.angle[t]):
        numbers.append(_cosine(record, t))
    return Caption(" ".join(words), FORMULA, "\n".join(numbers))


def _count(m: int) -> str:
    return "one image" if m == 1 else f"{m} images"


def _reading(record: SGDRecord, t: int) -> str:
    m = record.labels.shape[1]
    right = int((record.answers[t] == record.labels[t]).sum())
    cost = num(record.cost[t], 3)
    if m == 1:
        verdict = "rightly" if right else "wrongly"
        return f"Before the update the network reads its one image {verdict}, at cost {cost}."
    return f"Before the update the network reads {right} of its {m} images rightly, at mean cost {cost}."


def _direction(record: SGDRecord, t: int) -> str:
    angle = record.angle[t]
    if not np.isfinite(angle):
        return "g or G is zero to all digits, so there is no angle: the neurons are saturated."
    uphill = ": beyond 90°, so for them this step leads uphill" if angle > 90 else ""
    return f"Its gradient g is {num(angle, 0)}° off G, that over {record.n_sample:,} training images{uphill}."


def _progress(record: SGDRecord, t: int) -> str:
    before, after = record.right[t], record.right[t + 1]
    return f"Of {record.n_measured} validation images it read {before} rightly, and now reads {after}."


def _digits_for(eta: float) -> int:
    """Return how many decimals w and ∂C/∂w need, for η ∂C/∂w to be right to four decimals."""
    return 5 + max(0, ceil(log10(eta)))


def _mean_slope(record: SGDRecord, t: int) -> str:
    digits, slopes = _digits_for(record.eta), record.slopes[t]
    mean = num(record.gradient[t], digits)
    if len(slopes) == 1:
        parts = f"{num(record.deltas[t, 0], digits)}·{factor(record.activations[t, 0], digits)}"
        return f"{SLOPE} = {PRODUCT} = {parts} = {mean}"
    if len(slopes) > SHOWN:
        return f"{SLOPE} = {num(slopes.sum(), digits)}/{len(slopes)} = {mean}"
    first, *others = slopes
    terms = "".join(f" {'−' if s < 0 else '+'} {num(abs(s), digits)}" for s in others)
    return f"{SLOPE} = ({num(first, digits)}{terms})/{len(slopes)} = {mean}"


def _weight_update(record: SGDRecord, t: int) -> str:
    digits = _digits_for(record.eta)
    step = f"{record.eta:.4g}·{factor(record.gradient[t], digits)}"
    return f"{NAME} ← {num(record.weight[t], digits)} − {step} = {num(record.weight[t + 1], 4)}"


def _cosine(record: SGDRecord, t: int) -> str:
    dot, norm, full_norm = (_significant(v[t]) for v in (record.dot, record.norm, record.full_norm))
    return f"cos ∠ = {dot}/({norm}·{full_norm}) = {num(record.cosine[t], 3)}, ∠ = {num(record.angle[t], 0)}°"


def _significant(value: float, digits: int = 5) -> str:
    return num(value, max(0, digits - 1 - floor(log10(abs(value)))) if value else 0)


# -- the explorer ---------------------------------------------------------------------------------


def explorer(data: mnist.MNIST, eta: float = 0.5, mini_batch_size: int = 10, seed: int = 0) -> Explorer:
    """Return the stepper of the first 50 mini-batches, with η and the mini-batch size to choose.

    Parameters
    ----------
    data : MNIST
        What ``mnist.load()`` returned. The first 50,000 training images are learned from; the rest
        is for validation.
    eta : float
        The learning rate η, 0.01 to 10; used to two significant digits.
    mini_batch_size : {1, 10, 100}
    seed : int
        Seed of the weights and of the order of the images.
    """
    if not isinstance(data, mnist.MNIST):
        raise TypeError(f"data must be what mnist.load() returns, got {type(data).__name__}")
    eta = validate.positive("eta", eta)
    if mini_batch_size not in MINI_BATCH_SIZES:
        raise ValueError(f"mini_batch_size must be one of {MINI_BATCH_SIZES}, got {mini_batch_size!r}")
    settings = {
        "eta": eta_slider(eta, most=10),
        "mini_batch_size": ipywidgets.Dropdown(
            options=MINI_BATCH_SIZES, value=mini_batch_size, description="mini-batch"
        ),
    }
    return Explorer(_build(data), settings, seeded=True, seed=seed)


def _build(data: mnist.MNIST) -> Callable[..., Scene]:
    training = data.x_train[:50_000], data.y_train[:50_000]
    validation = data.x_train[50_000:], data.y_train[50_000:]

    def build(eta: float, mini_batch_size: int, seed: int) -> Scene:
        eta = float(f"{eta:.2g}")  # as the slider shows it
        return scene(run(*training, validation, eta=eta, mini_batch_size=mini_batch_size, seed=seed))

    return build
