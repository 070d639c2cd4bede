"""Bad calls of whatever nblib offers, made from its signatures and the types in its docstrings.

`doors` walks the modules of the mathematics, data, runs, handwriting and tools, and what notebooks call of
those that draw, and finds every public function, class, method and setting there, new ones too. For each
there is one good call, by the names of the parameters (`GOOD`, `GOOD_IN`), and from it come bad ones: one
argument at a time is replaced by values that what is said of it excludes (`bad_values`).
"""

import copy
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import nblib
from nblib import Classifier, Network, Perceptron, activations, gates, schedules
from nblib.chain import Chain
from nblib.convolution import ConvolutionalNetwork
from nblib.handwriting.neighbours import Nearest
from nblib.handwriting.reader import Reader
from nblib.runs import ingredients
from nblib.runs.playground_run import PlaygroundRun, Recipe
from nblib.runs.training import Training
from nblib.tools.claims import Claim, Trial

NAN, INF = float("nan"), float("inf")

# Modules that serve others: nobody calls them but nblib itself, which checks before.
SERVING = (
    *("validate", "shapes", "symptoms", "ranking", "workspace", "threads", "learners", "runs.epochs"),
    *("runs.trace", "costs", "drawing", "steppers", "widgets", "lessons", "check"),
    # Files, bad and missing ones, have tests of their own.
    *("data.npz", "saving", "tools.handout", "tools.doctor", "tools.folders", "tools.html_pages"),
)
# Of what draws: what a notebook calls. MNIST's stepper takes all of MNIST, and is tried by its own tests.
SHOWING = re.compile(
    r"drawing\.(figures|plane_figures|diagram)\.[a-z_]+|steppers\.(?!mnist)\w+\.(explorer|free_unit)"
    r"|widgets\.(digit_pad\.DigitPad|live_training\.LiveTraining|live_ingredients\.LiveIngredients)"
)
# Texts are written as they are, whatever they are, and of these switches any truth value will do.
FREE = {"xlabel", "ylabel", "xlabels", "ylabels", "title", "names", "log", "counted", "by_sign", "deltas"}
# What a run returns, or what only a derived class calls: nobody makes these by hand.
MADE = re.compile(
    r".*(Points|Record|Pass|Margin|Reading|Comparison|GradientCheck|MNIST|Examples|Measurement|SigmoidClassifier)\b.*"
    r"|.*by_name|runs\.ingredients\.chosen|layers\.Layers(\.(forward|backward|workspace|subtract|descend|data|gradients_like))?|.*Activation"
    r"|.*\.(backward|save|load|from_file)"
)

X, LABELS = np.linspace(0, 1, 12).reshape(4, 3).astype(np.float32), np.array([0, 1, 1, 0])
IMAGES, DIGITS = np.zeros((4, 784), np.float32), np.array([3, 1, 4, 1])


SQUARES = np.linspace(0, 1, 4 * 36).reshape(4, 36).astype(np.float32)


def network() -> Network:
    return Network([3, 4, 2], seed=1)


def filters() -> ConvolutionalNetwork:
    return ConvolutionalNetwork(6, n_filters=2, size=3, n_classes=2, seed=1)


def gradients() -> tuple[list[np.ndarray], list[np.ndarray]]:
    one = network()
    return [np.ones_like(w) for w in one.weights], [np.ones_like(b) for b in one.biases]


# A good value for each name, and, where a name means two things, for the name in one callable.
GOOD: dict[str, Any] = {
    "x": X, "y": LABELS, "z": [0.5, -1.0], "labels": [0, 9], "validation": (X, LABELS),
    "epochs": 1, "mini_batch_size": 2, "eta": 0.5, "momentum": 0.5, "seed": 3, "sizes": [3, 2],
    "activation": "tanh", "init": "scaled", "cost": "quadratic", "output": "sigmoid", "dtype": np.float64,
    "weight_decay": 0.1, "weights": lambda: gradients()[0], "biases": lambda: gradients()[1],
    "nabla_weights": lambda: gradients()[0], "nabla_biases": lambda: gradients()[1],
    "schedule": schedules.cosine(), "augment": lambda: (lambda x, rng: x),
    "backprop": lambda: (lambda network, x, y: network.backprop(x, y)),
    "network": network, "h": 1e-4, "most": 5, "n": 12, "n_inputs": 2, "n_outputs": 1,
    "warm_up": 0.1, "side": 28,
    "steps": 2, "w": 0.1, "b": 0.2, "w1": 1.0, "b1": 0.1, "w2": -1.0, "b2": 0.3, "a0": 0.8,
    "gradient": {"w1": 0.1, "b1": 0.1, "w2": 0.1, "b2": 0.1},
    "max_epochs": 3, "order": "shuffled", "bias": 0.3, "iterations": 3, "threshold": 1.0, "inputs": ["a"],
    "parts": {"u": (gates.NOT, "a")}, "outputs": {"out": "u"}, "a": 3, "n_bits": 3,
    "gap": 0.2, "noise": 0.1, "size": 4, "row": 1, "copies": 1, "updates": 2, "n_steps": 2,
    "digit": 3, "shape": 0, "centre": (0.5, 0.5), "slant": 0.1, "strokes": [[[0.1, 0.1], [0.5, 0.6]]],
    "thickness": 0.07, "thicknesses": (0.05,), "slants": (0.1,), "image": np.zeros(784), "k": 1,
    "ink": np.eye(28), "seconds": 0.01,
    "alt": "what is seen", "xlabel": "x", "ylabel": "y", "xlabels": ["x"], "ylabels": ["y"], "digits": 2,
    "numbers": np.linspace(-1, 1, 9), "path": "a file",
    "number": 1, "article": 2, "section": "A", "says": "B", "condition": "warm",
    "as_said": True, "kindly": False,
    "name": "w1", "of": "", "gain": 1.0, "turns": 1.0,
}  # fmt: skip
GOOD_IN: dict[str, dict[str, Any]] = {
    "activations.by_name": {"name": "relu"},
    "costs.by_name": {"name": "quadratic"},
    "chain.Chain.run": {"y": 1.0},
    "chain.Chain.cost": {"y": 1.0},
    "chain.Chain.gradient": {"y": 1.0},
    "chain.Chain.descend": {"y": 1.0},
    "neuron.cost": {"x": [0.5], "y": [1.0]},
    "neuron.descend": {"x": [0.5], "y": [1.0]},
    "classifier.Classifier": {"activation": "relu"},
    "network.Network": {"cost": "quadratic"},
    "gates.Unit": {"weights": [1.0, 2.0]},
    "gates.Unit.__call__": {"inputs": (1, 0)},
    "gates.Unit.total": {"inputs": (1, 0)},
    "gates.Circuit.__call__": {"inputs": (1, 0)},
    "gates.Circuit.record": {"inputs": (1, 0)},
    "gates.add": {"b": 2},
    "perceptron.margin": {"weights": [1.0, 2.0, 3.0]},
    "data.toydata.gate": {"name": "xor"},
    "augmentations.shifts": {"most": 2},
    "augmentations.affine": {"shift": 1.0, "degrees": 8.0, "scale": 0.1, "shear": 0.1, "maps": 2},
    "augmentations.warped": {"x": IMAGES, "matrix": np.eye(2), "offset": (0.5, -1.0)},
    "augmentations.moved": {"x": IMAGES, "down": 1, "right": -2},
    "convolution.patches": {"images": np.zeros((2, 6, 6)), "size": 3},
    "convolution.ConvolutionalNetwork": {"side": 6, "n_filters": 2, "size": 3, "n_classes": 2},
    **{
        f"convolution.ConvolutionalNetwork.{name}": {"x": SQUARES, "validation": (SQUARES, LABELS)}
        for name in ("maps", "backprop", "feedforward", "predict", "accuracy", "cost", "data", "sgd")
    },
    "convolution.ConvolutionalNetwork.set_parameters": {
        "weights": lambda: filters().weights,
        "biases": lambda: filters().biases,
    },
    "runs.filter_run.learn_filter": {"image": np.eye(6), "weights": np.eye(3), "target": 1.0},
    "handwriting.pen.strokes": {"size": 0.5},
    "handwriting.pen.examples": {"sizes": (0.5,)},
    "runs.ingredients.Recipe": {"ingredients": ("relu",)},
    "runs.ingredients.RecipeTraining": {"recipe": lambda: ingredients.Recipe(["relu"])},
    "widgets.live_ingredients.LiveIngredients": {"on": ("relu",)},
    "runs.playground_run.Recipe": {"own": ((0.1, 0.2, 1),), "hidden": (3,)},
    "runs.playground_run.PlaygroundRun": {"recipe": lambda: Recipe()},
    "runs.playground_run.PlaygroundRun.parameters": {"first": 0},
    "runs.playground_run.PlaygroundRun.network_at": {"page": 0},
    "runs.repair_run.outputs": {"x": [[0.0, 1.0]]},
    **{
        f"steppers.{name}_stepper.explorer": {}
        for name in ("backprop", "chain", "descent", "filter", "gates", "perceptron", "repair", "sigmoid")
    },
    "steppers.free_unit.free_unit": {"weights": (1, 1), "threshold": 1},
    "tools.claims.Trial": {"claims": lambda: [Claim(1, 1, "A", "B", "warm")]},
    "widgets.digit_pad.DigitPad": {
        "network": lambda: Network([784, 10]),
        "x_train": IMAGES,
        "y_train": DIGITS,
    },
    "drawing.figures.curves": {"lines": {"a": ([0, 1], [0, 2])}, "marks": {"here": (0.5, 1)}},
    "drawing.figures.bars": {"values": [1, -2], "names": ["a", "b"], "highlight": 1},
    "drawing.figures.spread": {"values": {"a": [1, 2]}},
    "drawing.figures.tangents": {"functions": lambda: {"f": (np.sin, 0.0, 1.0)}, "reach": [1.0]},
    "drawing.figures.surface": {"grid": ([0, 1], [0, 1], np.eye(2)), "paths": {"a": ([0, 1], [0, 1])}},
    "drawing.figures.images": {"rows": np.eye(4), "columns": 2},
    "drawing.figures.weights": {"rows": np.eye(4), "columns": 2, "outline": np.eye(4)[0]},
    "drawing.figures.confusion": {"matrix": np.eye(3, dtype=int)},
    "drawing.diagram.neuron": {"weights": [1.0, 2.0]},
    "drawing.diagram.unit": {"unit": gates.AND, "inputs": ["a", "b"]},
    "drawing.diagram.circuit": {
        "circuit": gates.XOR,
        "record": lambda: gates.XOR.record(0, 1),
        "places": {"a": (0, 1)},
    },
    "drawing.diagram.ripple_adder": {"record": lambda: gates.ripple_adder.record(*[0, 1] * 4)},
    "drawing.diagram.chain": {"values": lambda: Chain(1.0, 0.1, -1.0, 0.3).run(0.8, 1.0)},
    "drawing.diagram.network": {"trace": lambda: network().trace(X, LABELS)},
    "drawing.diagram.layer": {"weights": np.eye(3), "to": 1, "start": 2},
    "drawing.diagram.backward": {"trace": lambda: network().trace(X, LABELS)},
    "drawing.plane_figures.plane": {"x": [[0.0, 1.0], [1.0, 0.0]], "y": [0, 1]},
    "drawing.plane_figures.planes": {
        "panels": {"a": {"x": [[0.0, 1.0], [1.0, 0.0]], "y": [0, 1]}},
        "columns": 2,
    },
    "drawing.plane_figures.perceptron_steps": {
        "record": lambda: Perceptron(2).fit([[0.0, 1.0], [1.0, 0.0]], [0, 1]),
        "steps": [0],
        "columns": 2,
    },
    "drawing.table.Table": {"columns": ["a", "b"], "rows": [[1, 2.5]], "left": ["a"]},
    "handwriting.pen.ink": {"side": 56},
    "handwriting.preparation.as_mnist": {"centre": "box"},
    "handwriting.reader.Reader": {"x": IMAGES, "y": DIGITS, "network": lambda: Network([784, 10])},
    "runs.backprop_run.run": {"sizes": (2, 2, 1), "init": "random", "x": [[0.0, 1.0]], "y": [1]},
    "runs.wishes_run.run": {"network": lambda: Network([784, 16, 10]), "x": IMAGES, "y": DIGITS},
    "steppers.wishes_stepper.explorer": {
        "networks": lambda: {"untrained": Network([784, 16, 10])},
        "x": np.zeros((20, 784), np.float32),
        "y": [*range(10), *[3] * 10],
        "eta": 0.5,
        "seed": 3,
    },
    "runs.mnist_run.run": {"x": IMAGES, "y": DIGITS, "validation": (IMAGES, DIGITS), "mini_batch_size": 1},
}
SELF: dict[str, Callable[[], Any]] = {
    "runs.ingredients.Recipe": lambda: ingredients.Recipe(["relu"]),
    "runs.ingredients.RecipeTraining": lambda: ingredients.RecipeTraining(
        ingredients.Recipe(["relu"]), [3, 4, 2], X, LABELS, 1, 2, (X, LABELS)
    ),
    "runs.playground_run.Recipe": Recipe,
    "runs.playground_run.PlaygroundRun": lambda: PlaygroundRun(Recipe()),
    "activations.Activation": lambda: activations.sigmoid,
    "network.Network": network,
    "layers.Layers": network,
    "classifier.Classifier": lambda: Classifier([3, 4, 2], seed=1),
    "convolution.ConvolutionalNetwork": lambda: filters(),
    "perceptron.Perceptron": lambda: Perceptron(3),
    "chain.Chain": lambda: Chain(1.0, 0.1, -1.0, 0.3),
    "gates.Unit": lambda: gates.Unit([1, 1], 2),
    "gates.Circuit": lambda: gates.Circuit(["a", "b"], {"u": (gates.OR, "a", "b")}, {"out": "u"}),
    "handwriting.neighbours.Nearest": lambda: Nearest(IMAGES),
    "handwriting.reader.Reader": lambda: Reader(Network([784, 10]), IMAGES, DIGITS),
    "runs.training.Training": lambda: Training(network(), X, LABELS, 1, 2, 0.5),
    "tools.claims.Claim": lambda: Claim(1, 1, "A", "B", "warm"),
    "tools.claims.Trial": lambda: Trial([Claim(1, 1, "A", "B", "warm")]),
}


class Quantity(np.ndarray):
    """Numbers, and what they are numbers of: as libraries of units have them."""

    unit = "volt"


class Moody:
    """Something that will not become an array."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("not today")


def masked(value: Any) -> Any:
    return np.ma.masked_array(value, mask=True)


NO_ARRAY = {
    "a text": "abc", "an object": object(), "a dict": {}, "a set": {1.0}, "moody": Moody(), "a function": len,
    "ragged": [[1, 2], [3]], "texts": [["1", "2", "3"]], "complex": [[1j, 2, 3]], "objects": [[None, 1, 2]],
    "dates": np.array(["2000-01-01"], "M8[D]"), "bytes": b"abc", "a type": np.ndarray,
}  # fmt: skip
NO_NUMBER = {
    "a text": "1", "an object": object(), "a list": [0.5], "complex": 1j, "nan": NAN, "inf": INF,
    "-inf": -INF, "a dict": {}, "huge": 10**400, "an array": np.ones((2, 2)), "masked": masked(0.5),
    "a function": len, "a unit": np.array(0.5).view(Quantity), "moody": Moody(),
    "an empty array": np.array([]),
}  # fmt: skip
NO_WHOLE = {
    "a text": "1", "half": 2.5, "whole but float": 2.0, "an object": object(), "a list": [3], "true": True,
    "nan": NAN, "inf": INF, "complex": 1j, "masked": masked(3), "an array": np.ones(2, int), "far below": -5,
    "a function": len, "numpy's false": np.bool_(False),
}  # fmt: skip
NO_CHOICE = {
    "unheard of": "unheard of",
    "empty": "",
    "a number": 3,
    "a list": ["tanh"],
    "bytes": b"tanh",
    "nan": NAN,
}
NO_FUNCTION = {"a number": 3, "a text": "x", "a list": []}
NO_TEXT = {"a number": 3, "empty": "", "blank": " ", "a list": ["a"]}
NO_FLAG = {"a text": "no", "a number": 1, "a list": [True], "an array": np.array([True])}
NO_OBJECT = {"a text": "x", "a number": 3, "an array": np.ones(2), "a type": int}
NO_LIST = {"a number": 3, "a text": "abc", "an object": object(), "nan": NAN}
NONE = {"none": None}

REAL = ("nan", "inf", "4-D", "empty")
# What looks bad and is not: the docstring says so.
FINE: dict[str, tuple[str, ...]] = {
    "runs.playground_run.Recipe.hidden": ("a triple",),
    "runs.playground_run.PlaygroundRun.extend.seconds": ("inf",),
    "drawing.diagram.layer.weights": ("wide",),
    "drawing.figures.weights.rows": ("wide",),  # it is the outline then that does not fit
    "drawing.diagram.network.labels": ("a text", "a number", "a list", "an array", "none"),  # any truth value
    "activations.Activation.__call__.z": REAL,
    "activations.Activation.derivative.z": REAL,
    "classifier.softmax.z": ("4-D",),
    "handwriting.neighbours.Nearest.x": ("wide",),
    "handwriting.preparation.as_mnist.ink": ("wide",),
    "handwriting.preparation.shrink.ink": ("wide",),
    "perceptron.margin.weights": ("one too many",),  # it is x then that does not fit
    "perceptron.widest_margin.x": ("wide",),
    "neuron.cost.w": ("4-D", "empty"),
    "neuron.cost.b": ("4-D", "empty"),
    "runs.repair_run.outputs.numbers": ("nan", "inf"),
    "runs.repair_run.cost.numbers": ("nan", "inf"),
    **{
        f"gates.{call}.inputs": ("true", "numpy's false")
        for call in ("Unit.total", "Unit.__call__", "Circuit.record", "Circuit.__call__")
    },
    **{f"chain.Chain.{name}": ("4-D", "2-D", "empty") for name in ("w1", "b1", "w2", "b2")},
}


def array_like(good: Any) -> dict[str, Any]:
    """Return what cannot stand for an array like this one: other kinds, shapes, and numbers that are none."""
    as_array = np.asarray(good, float)
    bad = dict(NO_ARRAY)
    bad["masked"] = masked(as_array)
    bad["rows with masks"] = list(masked(np.atleast_1d(as_array)))
    bad["a unit"] = as_array.view(Quantity)
    for name, wrong in (("nan", NAN), ("inf", INF)):
        spoiled = np.array(as_array)
        spoiled.flat[-1] = wrong
        bad[name] = spoiled
    bad["4-D"] = np.ones((1, 1, 1, 1))
    bad["empty"] = as_array[..., :0] if as_array.ndim else np.array([])
    if as_array.ndim:
        bad["one too many"] = np.concatenate([as_array, as_array[:1]], axis=0)
    if as_array.ndim == 2:
        bad["wide"] = np.hstack([as_array, as_array])
    return bad


def bad_values(annotation: str, told: str, good: Any) -> dict[str, Any]:
    """Return values that are none of what the annotation and the docstring say of a parameter."""
    optional = "None" in annotation or "optional" in told
    kinds = {
        "ArrayLike": array_like,
        "Array": array_like,
        "Value": lambda good: array_like(good) | {"2-D": np.ones((2, 2))},
        "int": lambda _: {
            name: bad for name, bad in NO_WHOLE.items() if name != "far below" or "negative" not in told
        },
        "float": lambda _: NO_NUMBER,
        "bool": lambda _: NO_FLAG,
        "Callable": lambda _: NO_FUNCTION,
        "Schedule": lambda _: NO_FUNCTION,
        "Augmentation": lambda _: NO_FUNCTION,
        "Backprop": lambda _: NO_FUNCTION,
        "DTypeLike": lambda _: {"int": int, "half": np.float16, "no type": "no type", "a number": 3},
        "str": lambda _: NO_CHOICE if "{" in told or (isinstance(good, str) and "name" in told) else NO_TEXT,
        "tuple": lambda _: {
            "a number": 3,
            "a triple": (1, 2, 3),
            "a text": "xy",
            "an array": np.ones((2, 2)),
        },
        "Sequence": lambda _: NO_LIST,
        "Mapping": lambda _: NO_LIST,
        "dict": lambda _: NO_LIST,
    }
    head = re.match(r"\w+(\.\w+)*", annotation)[0].rpartition(".")[2]
    found = kinds.get(head, lambda _: NO_OBJECT)(good)
    return found if optional else found | NONE


@dataclass(frozen=True)
class Door:
    """Something public that takes arguments: a function, a class, a method, or a setting of an object."""

    name: str
    owner: str  # the class whose object it needs, or nothing
    function: Callable[..., Any]
    parameters: tuple[inspect.Parameter, ...]
    docs: str

    def __repr__(self) -> str:
        return self.name

    @property
    def tested(self) -> list[inspect.Parameter]:
        """Which of its arguments can be bad."""
        named = [one for one in self.parameters if one.kind is not one.VAR_KEYWORD]
        return [one for one in named if one.name not in FREE]

    def fresh(self) -> tuple[Any, dict[str, Any]]:
        """Return the object that is called, if any, and good arguments, both made anew."""
        special = GOOD_IN.get(self.name, {})
        known = special if self.name.startswith("steppers.") else GOOD | special
        named = [one.name for one in self.parameters]
        given = {name: known[name] for name in named if name in known}
        return self.owner and SELF[self.owner](), {name: _made(value) for name, value in given.items()}

    def call(self, owner: Any, arguments: dict[str, Any]) -> Any:
        """Call it, and take what a generator or a training would do only later."""
        arguments = dict(arguments)
        several = [one.name for one in self.parameters if one.kind is one.VAR_POSITIONAL]
        positional = list(arguments.pop(several[0])) if several else []
        made = self.function(*([owner] if self.owner else []), *positional, **arguments)
        getattr(made, "close", lambda: None)()
        return made

    def told(self, parameter: str) -> str:
        """Return what the docstring says of the type of a parameter."""
        found = re.search(rf"^ *(?:\w+, )*{parameter}(?:, \w+)* : (.*)$", self.docs, re.MULTILINE)
        return found[1] if found else ""

    def bad(self, parameter: inspect.Parameter) -> dict[str, Any]:
        """Return values that a parameter cannot have."""
        good = self.fresh()[1].get(parameter.name)
        values = bad_values(str(parameter.annotation), self.told(parameter.name), good)
        if not {"x", "y"} <= {one.name for one in self.parameters}:
            values = {label: value for label, value in values.items() if label != "one too many"}
        fine = FINE.get(f"{self.name}.{parameter.name}", ())
        assert set(fine) <= set(values), f"{self.name}.{parameter.name}: {set(fine) - set(values)}"
        return {label: value for label, value in values.items() if label not in fine}


def _made(value: Any) -> Any:
    """Return a good value of one's own: what stands as a function without a name makes it."""
    return value() if getattr(value, "__name__", "") in ("<lambda>", "network") else copy.deepcopy(value)


def doors() -> Iterator[Door]:
    """Walk what is public, module by module."""
    for module in pkgutil.walk_packages(nblib.__path__, "nblib."):
        within = module.name.removeprefix("nblib.")
        serves = any(within == name or within.startswith(f"{name}.") for name in SERVING)
        for name, thing in list(vars(importlib.import_module(module.name)).items()):
            full = f"{within}.{name}"
            if name.startswith("_") or getattr(thing, "__module__", "") != module.name:
                continue
            if serves and not SHOWING.fullmatch(full):
                continue
            if inspect.isfunction(thing) or serves:
                yield from _door(full, "", thing, thing.__doc__)
            elif inspect.isclass(thing):
                yield from _of_class(full, thing)


def _of_class(name: str, kind: type) -> Iterator[Door]:
    yield from _door(name, "", kind, kind.__doc__)
    for part, thing in vars(kind).items():
        if part.startswith("_") and part != "__call__":
            continue
        if isinstance(thing, classmethod):
            yield from _door(f"{name}.{part}", "", getattr(kind, part), thing.__doc__)
        elif isinstance(thing, property) and thing.fset:
            yield from _door(f"{name}.{part}", name, thing.fset, f"{kind.__doc__}")
        elif inspect.isfunction(thing):
            yield from _door(f"{name}.{part}", name, thing, thing.__doc__)


def _door(name: str, owner: str, function: Callable[..., Any], docs: str | None) -> Iterator[Door]:
    parameters = list(inspect.signature(function).parameters.values())[bool(owner) :]
    if parameters and not MADE.fullmatch(name):
        yield Door(name, owner, function, tuple(parameters), docs or "")


def snapshot(thing: Any) -> Any:
    """Return all that a value is made of, to the last bit, as something that can be compared."""
    if isinstance(thing, np.ndarray):
        return type(thing).__name__, thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, dict):
        return [(str(key), snapshot(value)) for key, value in thing.items()]
    if isinstance(thing, list | tuple):
        return [type(thing).__name__, *map(snapshot, thing)]
    if isinstance(thing, np.random.Generator):
        return str(thing.bit_generator.state)
    if (
        (callable(thing) and not hasattr(thing, "__dict__"))
        or isinstance(thing, type)
        or inspect.isroutine(thing)
    ):
        return "a function"
    return [type(thing).__name__, snapshot(vars(thing))] if hasattr(thing, "__dict__") else repr(thing)


def complaint(door: Door, parameter: str, value: Any) -> str:
    """Call a door with a bad value; return what is wrong with the way in which it is refused, or nothing."""
    owner, arguments = door.fresh()
    before = snapshot((owner, arguments))
    several = any(one.kind is one.VAR_POSITIONAL for one in door.parameters)
    bad = (value, *arguments[parameter][1:]) if several else value
    try:
        door.call(owner, arguments | {parameter: bad})
    except (ValueError, TypeError, OSError) as error:
        said = str(error)
        if not _raised_here(error):
            return f"unexplained {type(error).__name__}: {said[:100]}"
        if not re.search(rf"\b{parameter}\b", said):
            return f"the message does not name it: {said[:100]}"
        if len(said) > 300:
            return f"the message has {len(said)} letters"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    else:
        return "accepted"
    return "something has changed" if snapshot((owner, arguments)) != before else ""


def _raised_here(error: BaseException) -> bool:
    step = error.__traceback__
    while step.tb_next:
        step = step.tb_next
    return Path(step.tb_frame.f_code.co_filename).is_relative_to(Path(nblib.__file__).parent)
