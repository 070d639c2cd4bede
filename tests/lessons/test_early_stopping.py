"""The loop that stops before a network learns by heart: right answers pass, and what is said of others."""

import re

import numpy as np
import pytest

from nblib.lessons.early_stopping import early_stopping, train_until_best


def steps(network, x, y, order, size, eta):
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        slopes = network.backprop(x[rows], y[rows])
        for parameters, nablas in zip((network.weights, network.biases), slopes, strict=True):
            for parameter, nabla in zip(parameters, nablas, strict=True):
                parameter -= eta * nabla


def test_who_trains_by_backprop_and_copies_passes():
    def mine(network, training, validation, orders, size, eta, patience):
        costs, kept, best = [], None, np.inf
        for order in orders:
            steps(network, *training, order, size, eta)
            costs.append(float(network.cost(*validation)))
            if costs[-1] < best:
                best = costs[-1]
                kept = [w.copy() for w in network.weights], [b.copy() for b in network.biases]
            if len(costs) - 1 - costs.index(best) == patience:
                break
        network.set_parameters(*kept)
        return tuple(costs)

    result = early_stopping(mine)
    assert result, result.says


def test_what_the_notebook_trains_with_until_one_has_passed_is_right():
    assert early_stopping(train_until_best)


def trained(change=lambda costs: costs, spoil=lambda network: None, factor=1):
    def mine(network, training, validation, orders, size, eta, patience):
        costs = train_until_best(network, training, validation, orders, size, factor * eta, patience)
        spoil(network)
        return change(costs)

    return mine


def no_more_than_one(network, training, validation, orders, *others):
    return train_until_best(network, training, validation, orders[:1], *others)


def spoiled(network):
    network.biases[-1] += 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (no_more_than_one, r"It trains 1 epoch here, going by the costs; it should be \d epochs\."),
        (trained(factor=1.5), r"After epoch 1 the validation cost is \d\.\d+; it should be \d\.\d+\."),
        (
            trained(lambda costs: [*costs[:1], *(cost + 1 for cost in costs[1:])]),
            r"After epoch 2 the validation cost is 2\.\d+; it should be \d\.\d+\.",
        ),
        (
            trained(spoil=spoiled),
            "The costs are right. But the biases that it leaves behind are not those after epoch 1, the best",
        ),
        (trained(lambda costs: None), "It returns None. Return the list of the validation costs"),
        (trained(lambda costs: "costs"), "It returns a str. Return the list of the validation costs"),
        (trained(lambda costs: {1: costs}), "It returns a dict. Return the list"),
        (
            trained(lambda costs: [(1, cost) for cost in costs]),
            "It returns a list, but not of numbers. Return",
        ),
        (trained(lambda costs: (costs, None)), "It returns a tuple. Return the list"),
    ],
)
def test_what_is_another_than_expected_is_said_as_a_person_would(answer, says):
    said = early_stopping(answer).says
    assert re.match(says, said), said
