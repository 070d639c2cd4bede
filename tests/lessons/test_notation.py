"""The exercises on notation: other styles pass, and they say what nblib and the other cost do."""

import numpy as np
import pytest

from nblib import Network, check


def test_turned_weights_fit_into_a_network():
    network = Network([3, 4, 2], seed=0, dtype=np.float64)
    before = [W.copy() for W in network.weights]
    ours = check.to_ours.reference([W.T.copy() for W in network.weights])
    network.set_parameters(ours, network.biases)
    assert all(np.array_equal(W, then) for W, then in zip(network.weights, before, strict=True))


def in_a_loop(kernels):
    turned = []
    for kernel in kernels:
        turned.append(np.swapaxes(kernel, 0, 1))
    return turned


def as_lists(kernels):
    return tuple([list(column) for column in zip(*kernel, strict=True)] for kernel in kernels)


@pytest.mark.parametrize("right", [in_a_loop, as_lists, lambda kernels: list(map(np.transpose, kernels))])
def test_other_styles_pass(right):
    assert check.to_ours(right)


@pytest.mark.parametrize("n_outputs", [1, 4, 10])
def test_the_eta_makes_the_same_step(n_outputs):
    """One step by the mean of all squares, its slopes measured, beside one of `update_mini_batch`."""
    rng = np.random.default_rng(n_outputs)
    network = Network([3, n_outputs], seed=1, dtype=np.float64)
    x, y, lr, h = rng.normal(size=(5, 3)), rng.uniform(size=(5, n_outputs)), 0.7, 1e-6
    W = network.weights[0]
    stepped = W.copy()
    for place in np.ndindex(W.shape):
        costs = []
        for nudge in (h, -2 * h):
            W[place] += nudge
            costs.append(np.mean((network.feedforward(x) - y) ** 2))
        W[place] += h
        stepped[place] -= lr * (costs[0] - costs[1]) / (2 * h)
    network.update_mini_batch(x, y, check.our_eta.reference(lr, n_outputs))
    np.testing.assert_allclose(network.weights[0], stepped, rtol=1e-6)


@pytest.mark.parametrize("answer", [("BP2", 2), ("bp2", np.int64(2)), (" BP2 ", 2)])
def test_the_formula_is_found(answer):
    assert check.their_formula(*answer)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (("BP1", 2), "BP1 begins at the cost"),
        (("BP3", 2), "the slope along a bias"),
        (("BP4", 2), "the slope along a weight"),
        (("BP2", 3), "the number that it has in the book"),
        (("BP2", 4), "the layer behind it"),
        (("BP2", 1), "one too few"),
        (("BP2", 7), "What is their layer 3?"),
        ((2, 2), "my_equation must be one of BP1, BP2, BP3, BP4, got 2."),
        (("BP2", "2"), "my_l must be a whole number"),
        (("BP2", True), "my_l must be a whole number"),
        (("BP2",), "wants (my_equation, my_l), got 1 things"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(answer, says):
    result = check.their_formula(*answer)
    assert result.status == "wrong"
    assert says in result.says
