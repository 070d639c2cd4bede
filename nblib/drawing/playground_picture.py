"""The playground as a still picture: networks with what each neuron does, the plane, and the costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nblib.drawing.picture import BLUE, GREY, INK, ORANGE, Picture, bare, canvas
from nblib.drawing.pixels import NEGATIVE, POSITIVE
from nblib.network import Network
from nblib.runs.playground_run import EDGE, PlaygroundRun

SMALL, LARGE = 24, 72  # pixels of a surface
COSTS = 60  # points of a curve
_MIDDLE = {"sigmoid": 0.5, "tanh": 0.0, "relu": 0.0}


def picture(runs: Sequence[PlaygroundRun], page: int) -> Picture:
    """Return a page of one run, or of two, one below the other."""
    with canvas(len(runs), 3, width=7.6, height=2.4 * len(runs)) as (figure, axes):
        for letter, run, (left, middle, right) in zip("AB", runs, axes, strict=False):
            here = min(page, run.n_updates)
            network = run.network_at(here)
            _network(left, network)
            _plane(middle, run, network)
            _costs(right, run, here)
            left.set_title(f"{letter}: {ingredients(run)}" if len(runs) > 1 else ingredients(run), fontsize=9)
        return Picture(
            figure, " ".join(_told(run, page, letter) for run, letter in zip(runs, "AB", strict=False))
        )


def ingredients(run: PlaygroundRun) -> str:
    """Return the network of a run and how it learns: ``2-4-1 tanh, η = 1``."""
    recipe = run.recipe
    decay = f", λ = {recipe.weight_decay:g}" if recipe.weight_decay else ""
    return f"{run.network.architecture} {recipe.activation}, η = {recipe.eta:g}{decay}"


def _grid(pixels: int) -> NDArray[np.float64]:
    """Return the middles of the pixels of the plane, row after row from the top."""
    places = EDGE * (2 * np.arange(pixels) + 1 - pixels) / pixels
    x1, x2 = np.meshgrid(places, places[::-1])
    return np.column_stack([x1.ravel(), x2.ravel()])


def _shades(values: NDArray[np.float64], middle: float) -> NDArray[np.float64]:
    """Return activations (n, n) as red, green and blue: blue above the middle, orange and striped below."""
    away = values - middle
    strength = np.abs(away) / max(np.abs(away).max() if middle == 0 else middle, 1e-9)
    striped = np.where(
        (np.arange(len(values)) // max(1, len(values) // 24) % 2)[:, None] & (away < 0), 0.35, 1.0
    )
    colour = np.where((away > 0)[..., None], POSITIVE, NEGATIVE) / 255
    return 1 - (0.85 * np.clip(strength * striped, 0, 1))[..., None] * (1 - colour)


def _network(ax: Axes, network: Network) -> None:
    """Draw the weights as lines and each neuron as what it does over the plane."""
    layers = network.activations(_grid(SMALL))
    places = [[(1.7 * l, (n - 1) / 2 - j) for j in range(n)] for l, n in enumerate(network.sizes)]
    for l, w in enumerate(network.weights):
        for (j, k), weight in np.ndenumerate(w):
            (x1, y1), (x2, y2) = places[l][k], places[l + 1][j]
            look = {"color": BLUE, "ls": "-"} if weight > 0 else {"color": ORANGE, "ls": (0, (3, 2))}
            ax.plot([x1, x2], [y1, y2], lw=min(3.0, 0.3 + 0.6 * abs(weight)), zorder=1, **look)
    for l, (activations, layer) in enumerate(zip(layers, places, strict=True)):
        name = network.output.name if l == len(layers) - 1 else network.activation.name
        middle = _MIDDLE[name] if l else 0.0
        for j, (x, y) in enumerate(layer):
            shown = _shades(activations[:, j].reshape(SMALL, SMALL).astype(float), middle)
            box = (x - 0.42, x + 0.42, y - 0.42, y + 0.42)
            ax.imshow(shown, extent=box, zorder=2, interpolation="nearest")
            ax.add_patch(Rectangle(box[::2], 0.84, 0.84, fill=False, ec=GREY, lw=0.6, zorder=3))
    rows = max(network.sizes)
    ax.set(xlim=(-0.6, 1.7 * (len(places) - 1) + 0.6), ylim=(-rows / 2 - 0.1, rows / 2 + 0.1))
    bare(ax)


def _plane(ax: Axes, run: PlaygroundRun, network: Network) -> None:
    """Draw what the output says, and the points; those that are held out are hollow."""
    outputs = network.feedforward(_grid(LARGE)).reshape(LARGE, LARGE).astype(float)
    ax.imshow(_shades(outputs, 0.5), extent=(-EDGE, EDGE, -EDGE, EDGE), interpolation="nearest")
    x, y, n_train = run.points
    trained = np.arange(len(x)) < n_train
    for label, colour, marker in ((1, BLUE, "o"), (0, ORANGE, "s")):
        for pile, fill in ((trained, colour), (~trained, "white")):
            chosen = x[(y == label) & pile]
            edge = "white" if fill == colour else colour
            ax.plot(*chosen.T, marker, ms=3.2, mfc=fill, mec=edge, mew=0.6, ls="")
    ax.set(xlabel="x₁", ylabel="x₂", xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE))
    ax.grid(False)


def _costs(ax: Axes, run: PlaygroundRun, page: int) -> None:
    """Draw the cost of the points learned from and of those held out."""
    pages = np.unique(np.linspace(0, page, COSTS).astype(int))
    x, y, n_train = run.points
    piles = {
        "training": (x[:n_train], y[:n_train], INK, "-"),
        "held out": (x[n_train:], y[n_train:], GREY, "--"),
    }
    for name, (rows, labels, colour, style) in piles.items():
        if len(rows):
            costs = [run.network_at(int(t)).cost(rows, labels) for t in pages]
            ax.plot(pages, costs, style, color=colour, label=name)
    ax.set(xlabel="update", ylabel="cost C", ylim=(0, None), xlim=(0, max(1, page)))
    if len(x):
        ax.legend(fontsize=8)


def _told(run: PlaygroundRun, page: int, letter: str) -> str:
    """Say what is to be seen of a run, in numbers that are the same on every machine."""
    here = min(page, run.n_updates)
    x, y, n_train = run.points
    said = f"Run {letter}, {run.recipe.data}, {ingredients(run)}, after {here:,} updates"
    if not len(x):
        return f"{said}: the network over the plane, in which there are no points."
    network, parts = run.network_at(here), []
    for name, rows, labels in (
        ("training", x[:n_train], y[:n_train]),
        ("held-out", x[n_train:], y[n_train:]),
    ):
        if len(rows):
            parts.append(
                f"about {5 * round(20 * network.accuracy(rows, labels))} % of {len(rows)} {name} points"
            )
    return f"{said}: what each neuron does over the plane; {' and '.join(parts)} are on the right side."
