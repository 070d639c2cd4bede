"""What is allowed and yet goes wrong is said: pixels from 0 to 255, dead layers, trainings that blow up."""

import warnings

import numpy as np
import pytest

from nblib import Network, mnist
from nblib.classifier import Classifier
from nblib.handwriting.reader import Reader

X, LABELS = np.random.default_rng(0).random((20, 64)), np.arange(20) % 10


def said_by(call):
    """Return the warnings that a call gives; each must name the line in this file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert {warning.filename for warning in caught} <= {__file__}
    return [str(warning.message) for warning in caught]


# -- pixels ---------------------------------------------------------------------------------------

PIXELS = "goes up to 255, as pixels of picture files do; networks learn from 0 to 1: divide it by 255"
TAKES_IMAGES = {
    "feedforward": lambda network, x: network.feedforward(x),
    "predict": lambda network, x: network.predict(x[0]),
    "accuracy": lambda network, x: network.accuracy(x, LABELS),
    "cost": lambda network, x: network.cost(x, LABELS),
    "sgd": lambda network, x: network.sgd(x, LABELS, 1, 10, 0.1).close(),
}


@pytest.mark.parametrize("call", TAKES_IMAGES.values(), ids=TAKES_IMAGES)
@pytest.mark.parametrize("kind", [Network, Classifier])
def test_pixels_of_files_are_told_to_be_divided(kind, call):
    x = np.round(255 * X).astype(np.uint8)
    x[0, 0] = 255
    assert said_by(lambda: call(kind([64, 10]), x)) == [f"x {PIXELS}"]
    assert said_by(lambda: call(kind([64, 10]), x / 255)) == []


def test_validation_images_are_looked_at_too():
    def sgd():
        Network([64, 10]).sgd(X, LABELS, 1, 10, 0.1, validation=(0 * X + 255, LABELS)).close()

    assert said_by(sgd) == [f"validation x {PIXELS}"]


@pytest.mark.parametrize(
    "x",
    [
        X,
        3 * X,
        255 * X - 100,
        np.random.default_rng(0).normal(size=(20, 64)),
        1e6 * X[:, :4],
        255 * X[:, :16],
    ],
)
def test_other_data_are_not(x):
    assert said_by(lambda: Network([x.shape[1], 10]).accuracy(x, LABELS)) == []


def test_what_the_advice_is_worth():
    """With pixels from 0 to 255 a network of the course learns hardly anything, in silence but for this."""
    data, reached = mnist.load(), {}
    for scale in (1, 255):
        network, x = Network([784, 30, 10], init="scaled", seed=1), scale * data.x_train[:3000]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            *_, last = network.sgd(x, data.y_train[:3000], 3, 10, 3.0)
        reached[scale] = last.accuracy
    assert reached[1] > 0.8
    assert reached[255] < 0.5


def test_the_reader_wants_ink_from_0_to_1():
    reader = Reader(Network([784, 10]))
    for image, words in ((np.full(784, 255), "0 to 255"), (np.full(784, -1), "-1 to 0")):
        image[0] = 0
        with pytest.raises(ValueError, match=rf"image must be from 0 \(paper\) to 1 \(ink\), got {words}"):
            reader.read(image)


# -- layers in which nothing moves -------------------------------------------------------------------


def dead(kind, sizes, layer, bias=-100.0, **more):
    network = kind(sizes, **more)
    network.biases[layer - 1][:] = bias
    return network


@pytest.mark.parametrize(
    ("network", "layer", "silent"),
    [
        (dead(Network, [64, 8, 10], 1, activation="relu"), 1, "layer 1 learns"),
        (dead(Network, [64, 8, 10], 2, activation="relu"), 2, "layers 1 to 2 learn"),
        (dead(Network, [64, 8, 8, 10], 2, activation="relu", output="sigmoid"), 2, "layers 1 to 2 learn"),
        (
            dead(Network, [64, 8, 10], 1, 100.0),
            1,
            "layer 1 learns",
        ),  # a saturated sigmoid is 1 to the last bit
        (Network([64, 8, 10], activation="step", output="sigmoid"), 1, "layer 1 learns"),
        (dead(Network, [64, 8, 10], 1, 100.0, cost="cross_entropy"), 1, "layer 1 learns"),
        (dead(Classifier, [64, 8, 10], 1), 1, "layer 1 learns"),
    ],
    ids=repr,
)
def test_a_dead_layer_is_named(network, layer, silent):
    (words,) = said_by(lambda: list(network.sgd(X, LABELS, 1, 10, 0.1)))
    assert words == (
        f"layer {layer} of {network} is dead: for each of the 20 examples looked at, the slope is 0 in all "
        f"of its {network.sizes[layer]} neurons. No gradient comes through: {silent} nothing any more. "
        "Begin anew, with a smaller η or smaller weights"
    )
    nabla_weights, nabla_biases = network.backprop(X, LABELS)  # it is true
    assert not any(nabla.any() for nabla in (*nabla_weights[:layer], *nabla_biases[:layer]))


@pytest.mark.parametrize(
    "network",
    [
        Network([64, 8, 10]),
        Network([64, 10], cost="cross_entropy"),
        dead(Network, [64, 10], 1, 100.0, cost="cross_entropy"),  # its slope cancels
        dead(Classifier, [64, 10], 1),
        Classifier([64, 8, 10]),
        Network([64, 8, 10], activation="relu", init="scaled"),
    ],
    ids=repr,
)
def test_a_network_that_learns_is_not_called_dead(network):
    assert said_by(lambda: list(network.sgd(X, LABELS, 1, 10, 0.01))) == []


def test_it_is_said_after_the_first_and_after_the_last_epoch():
    network = dead(Network, [64, 8, 10], 1, activation="relu")
    assert len(said_by(lambda: list(network.sgd(X, LABELS, 5, 10, 0.01)))) == 2


def test_steps_that_are_too_large_kill_relus():
    network = Network([784, 30, 10], activation="relu")
    data = mnist.load()
    (words,) = said_by(lambda: list(network.sgd(data.x_train[:1000], data.y_train[:1000], 1, 10, 3.0)))
    assert words.startswith(f"layer 2 of {network} is dead")


# -- trainings that blow up --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "eta"),
    [(Classifier([64, 8, 10]), 1e20), (Network([64, 8, 10], activation="elu", output="relu"), 1e30)],
    ids=repr,
)
def test_a_training_that_blows_up_stops_and_says_so(network, eta):
    for bias in network.biases:
        bias += 1  # no ReLU is dead
    epochs = network.sgd(X, LABELS, 3, 10, eta)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError) as caught:
        next(epochs)
    advice = f"Take a new network, and a smaller eta than {eta:g}"
    said = str(caught.value).removesuffix(advice)
    assert said in [f"the training has blown up in epoch 1: the cost is {c}. " for c in ("nan", "inf")]
    assert list(epochs) == []  # it is over
