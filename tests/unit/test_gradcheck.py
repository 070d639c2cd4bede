"""The gradient check: it passes what is right, and finds planted mistakes in the layer where they are."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblib import Network, gradcheck

SIZES = [4, 4, 4, 3]  # square matrices in the middle, so that a transposed one goes unnoticed by shape


def batch(network, n=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (n, network.sizes[0])), rng.uniform(0.1, 0.9, (n, network.sizes[-1]))


@settings(max_examples=30)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    activation=st.sampled_from(["sigmoid", "tanh", "arctan"]),
    init=st.sampled_from(["normal", "scaled"]),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 1000),
    single=st.booleans(),
)
def test_right_gradients_pass(sizes, activation, init, dtype, seed, single):
    network = Network(sizes, activation, init=init, dtype=dtype, seed=seed)
    x, y = batch(network, seed=seed)
    check = gradcheck.compare(network, x[0], y[0]) if single else gradcheck.compare(network, x, y)
    assert check.passed, repr(check)
    assert [(one.layer, one.parameters) for one in check.comparisons] == [
        (layer, name) for layer in range(1, len(sizes)) for name in ("weights", "biases")
    ]


@pytest.mark.parametrize("cost", ["quadratic", "cross_entropy"])
def test_right_gradients_pass_for_labels_and_both_costs(cost):
    assert gradcheck.compare(Network([3, 4, 2], cost=cost), np.eye(3), [0, 1, 1]).passed


# -- planted mistakes -------------------------------------------------------------------------


class Pass:
    """What a mistake may be made of: a (layers 0 … L), deltas, weights W, and the right gradients w and b."""

    def __init__(self, network, x, y):
        trace = network.trace(x, y)
        self.a, self.deltas, self.W = trace.activations, trace.deltas, network.weights
        self.w, self.b = trace.nabla_weights, trace.nabla_biases
        self.y, self.n = y, len(x)

    def from_delta(self, delta):
        """Return the gradients of layer 1 that follow from a δ."""
        return {("weights", 1): delta.T @ self.a[0] / self.n, ("biases", 1): delta.sum(axis=0) / self.n}


def with_entry(array, entry, value):
    array[entry] = value
    return array


MISTAKES = {  # what each returns in place of the right gradients
    "factor 2": lambda p: {("weights", 2): 2 * p.w[1]},
    "sign": lambda p: {("biases", 1): -p.b[0]},
    "slope missing at the output": lambda p: {("weights", 3): (p.a[3] - p.y).T @ p.a[2] / p.n},
    "slope missing inside": lambda p: p.from_delta(p.deltas[1] @ p.W[1]),
    "transposed gradient": lambda p: {("weights", 2): p.w[1].T},
    "transposed weights": lambda p: p.from_delta(p.deltas[1] @ p.W[1].T * p.a[1] * (1 - p.a[1])),
    "bias missing": lambda p: {("biases", 2): 0 * p.b[1]},
    "sum for mean": lambda p: {("weights", 1): p.w[0] * p.n},
    "last layer never stored": lambda p: {("weights", 3): 0 * p.w[2], ("biases", 3): 0 * p.b[2]},
    "activation of the wrong layer": lambda p: {("weights", 2): p.deltas[1].T @ p.a[2] / p.n},
    "one single entry": lambda p: {("weights", 3): with_entry(p.w[2], (1, 3), 1.001 * p.w[2][1, 3])},
    "not a number": lambda p: {("biases", 2): with_entry(p.b[1], 2, np.nan)},
    "infinite": lambda p: {("weights", 2): with_entry(p.w[1], (2, 0), np.inf)},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found_where_it_is(mistake):
    places = set()

    class Mistaken(Network):
        def backprop(self, x, y):
            right = Pass(self, x, y)
            wrong = MISTAKES[mistake](right)
            places.update(wrong)
            return tuple(
                [wrong.get((name, l), array) for l, array in enumerate(arrays, start=1)]
                for name, arrays in (("weights", right.w), ("biases", right.b))
            )

    network = Mistaken(SIZES, seed=3)
    check = gradcheck.compare(network, *batch(network))
    assert not check.passed
    assert (check.worst.parameters, check.worst.layer) in places
    assert f"DISAGREE, most in layer {check.worst.layer}" in repr(check)
    wrong = {(one.parameters, one.layer) for one in check.comparisons if one.error > 1e-6}
    assert wrong == places


@pytest.mark.parametrize(
    ("entry", "value"), [((2, 1), np.nan), ((0, 3), np.inf), ((3, 2), -np.inf), ((1, 1), 7.0)]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_comparison_says_which_entry_is_wrong(entry, value, seed):
    class Mistaken(Network):
        def backprop(self, x, y):
            nabla_weights, nabla_biases = super().backprop(x, y)
            nabla_weights[1][entry] = value
            return nabla_weights, nabla_biases

    network = Mistaken(SIZES, seed=3)
    worst = gradcheck.compare(network, *batch(network), seed=seed).worst
    assert (worst.layer, worst.parameters, worst.index) == (2, "weights", entry)
    np.testing.assert_equal(worst.backprop, value)
    assert abs(worst.numerical) < 1


def test_the_error_is_relative_to_the_largest_gradient_of_the_array():
    class Mistaken(Network):
        def backprop(self, x, y):
            nabla_weights, nabla_biases = super().backprop(x, y)
            nabla_weights[0] *= 1.25
            return nabla_weights, nabla_biases

    network = Mistaken([3, 2], seed=1)
    first = gradcheck.compare(network, *batch(network)).comparisons[0]
    assert first.error == pytest.approx(0.25 / 1.25, rel=1e-6)
    assert first.backprop == pytest.approx(1.25 * first.numerical, rel=1e-6)


# -- what the check does to the network, and what it says -------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_network_is_left_bit_identical(dtype):
    network = Network([3, 4, 2], dtype=dtype)
    before, arrays = [a.tobytes() for a in network.weights + network.biases], network.weights + network.biases
    gradcheck.compare(network, *batch(network))
    assert [a.tobytes() for a in network.weights + network.biases] == before
    assert all(one is other for one, other in zip(network.weights + network.biases, arrays, strict=True))
    assert network.dtype == dtype


def test_the_report_has_one_line_per_array_and_a_verdict():
    network = Network([3, 4, 2], seed=1)
    check = gradcheck.compare(network, *batch(network))
    *lines, verdict = repr(check).splitlines()
    assert verdict == "the gradients agree"
    assert len(lines) == 4
    for line, (layer, name) in zip(
        lines, [(1, "weights"), (1, "biases"), (2, "weights"), (2, "biases")], strict=True
    ):
        assert re.fullmatch(
            rf"layer {layer} {name:7}  error below 1e-07  at [Wb]\[\d(, \d)?\] *  "
            r"backprop (?P<slope>[+-]\d\.\d{6})  numerical (?P=slope)",
            line,
        ), line
    assert len({line.index("backprop") for line in lines}) == 1  # aligned


def test_where_the_gradients_agree_the_largest_one_is_shown():
    network = Network([3, 4, 2], seed=1, dtype=np.float64)
    x, y = batch(network)
    for one, gradient in zip(
        gradcheck.compare(network, x, y).comparisons[::2], network.backprop(x, y)[0], strict=True
    ):
        assert one.index == np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        assert one.backprop == pytest.approx(gradient[one.index])


def test_a_large_network_is_checked_by_a_sample_of_its_weights():
    network = Network([784, 30, 10], init="scaled")
    x = np.random.default_rng(0).uniform(0, 1, (3, 784))
    costs = 0

    class Counting(Network):
        def cost(self, x, y):
            nonlocal costs
            costs += 1
            return super().cost(x, y)

    counting = Counting([784, 30, 10], init="scaled")
    check = gradcheck.compare(counting, x, [3, 1, 4])
    assert check.passed
    assert costs == 2 * (200 + 30 + 200 + 10)
    places = [
        gradcheck.compare(network, x, [3, 1, 4], most=1, seed=seed).comparisons[0].index for seed in (0, 0, 1)
    ]
    assert places[0] == places[1] != places[2]
