"""The three-neuron chain with knobs: turn one, and every number of the chain rule moves at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from nblib import validate
from nblib.chain import Chain, ChainPass
from nblib.drawing.chain_tree import factor_field, factor_name, path, slope_field, with_sign
from nblib.drawing.knob_panels import AXES, KNOBS, curve, tree
from nblib.drawing.numbers import layered, num
from nblib.drawing.picture import image_bundle, small_png
from nblib.drawing.scene import Caption, Element, Scene, group
from nblib.widgets.stepper import scene_png
from nblib.widgets.still import HERE, StillWidget, styles

STEP = 0.02
TITLE = "The chain with knobs"


class ChainKnobs(StillWidget):
    """The dependency tree of the chain with a slider for each number that can be chosen.

    The browser computes all values, factors and derivatives itself, as `nblib.chain` does: no kernel is
    needed. Beside the tree stands the cost over the knob that was turned last, with its tangent.

    Parameters
    ----------
    w1, b1, w2, b2 : float
        The parameters to begin with, from −6 to 6.
    a0, y : float
        Input and target, from 0 to 1.
    over : {"a0", "w1", "b1", "w2", "b2"}
        The knob over which the cost is drawn.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as described; the same holds for setting one later, from a cell.
    """

    _esm = HERE / "chain_knobs.js"
    _css = styles("stepper.css", "chain_knobs.css")
    w1 = traitlets.Float().tag(sync=True)
    b1 = traitlets.Float().tag(sync=True)
    w2 = traitlets.Float().tag(sync=True)
    b2 = traitlets.Float().tag(sync=True)
    a0 = traitlets.Float().tag(sync=True)
    y = traitlets.Float().tag(sync=True)
    over = traitlets.Unicode("w1").tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    plan = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        w1: float = 1.5,
        b1: float = -0.7,
        w2: float = 2.0,
        b2: float = -0.58,
        a0: float = 0.8,
        y: float = 1.0,
        over: str = "w1",
    ) -> None:
        given = {"a0": a0, "w1": w1, "b1": b1, "w2": w2, "b2": b2, "y": y}
        start = {name: _within(name, value) for name, value in given.items()}
        super().__init__(**start, over=over, start=start)
        self.plan = {
            "title": TITLE,
            "knobs": [_knob(name) for name in KNOBS],
            "tree": _alone(tree(start, over), 448).payload(),
            "curve": _alone(curve(start, over), 300).payload(),
            "axes": [AXES.left, AXES.top, AXES.width, AXES.height, AXES.ylim[1]],
        }

    def __repr__(self) -> str:
        return f"[ChainKnobs: {self._settings}]"

    @property
    def values(self) -> ChainPass:
        """Every number of the chain as it stands."""
        return Chain(self.w1, self.b1, self.w2, self.b2).run(self.a0, self.y)

    @traitlets.validate(*KNOBS)
    def _check_knob(self, proposal: Mapping[str, Any]) -> float:
        return _within(proposal["trait"].name, proposal["value"])

    @traitlets.validate("over")
    def _check_over(self, proposal: Mapping[str, Any]) -> str:
        validate.one_of("over", proposal["value"], [name for name in KNOBS if name != "y"])
        return proposal["value"]

    def still(self) -> dict[str, str]:
        """Return tree and curve as MIME bundle, for readers without a kernel; empty without resvg."""
        here = {name: getattr(self, name) for name in KNOBS}
        both = [*tree(here, self.over), group(*curve(here, self.over), transform="translate(456 0)")]
        png = scene_png(_alone(both, 756))
        return {} if png is None else image_bundle(small_png(png), self._alt(), 756)

    @property
    def _settings(self) -> str:
        texts = (f"{layered(name)} = {getattr(self, name):g}" for name in KNOBS)
        return ", ".join(texts).replace("-", "−")

    def _alt(self) -> str:
        v, slope = self.values, slope_field(self.over)
        return (
            f"{TITLE}: {self._settings}. The dependency tree shows the output {num(v.a2, 4)} and the cost "
            f"{num(v.cost, 4)}, and each arrow has its factor. Beside it, the cost over {layered(self.over)} "
            f"with a tangent of slope {with_sign(getattr(v, slope))} where the knob stands."
        )


def _within(name: str, value: float) -> float:
    _, low, high = KNOBS[name]
    value = validate.number(name, value)
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low} to {high}, got {value:g}")
    return value


def _knob(name: str) -> dict[str, Any]:
    """Return what the browser is told of a knob; the target has no slope of its own."""
    kind, low, high = KNOBS[name]
    knob = {"name": name, "label": layered(name), "kind": kind, "least": low, "most": high, "step": STEP}
    if name == "y":
        return knob
    arrows = path(name)
    factors = " · ".join(map(factor_name, arrows))
    return knob | {
        "slope": slope_field(name),
        "factors": [factor_field(arrow) for arrow in arrows],
        "formula": layered(f"∂C/∂{name} = {factors} = {' · '.join(map(_meaning, arrows))}"),
    }


def _meaning(name: str) -> str:
    """Return what the factor on the arrow from `name` is."""
    return {
        "a2": "(a2 − y)", "z2": "σ′(z2)", "w2": "a1", "b2": "1", "a1": "w2", "z1": "σ′(z1)",
        "w1": "a0", "b1": "1", "a0": "w1",
    }[name]  # fmt: skip


def _alone(parts: list[Element], width: float) -> Scene:
    return Scene(parts, [Caption(TITLE)], width=width, height=316, title=TITLE)
