"""The three-neuron chain: every derivative it names against differences of a forward pass of our own."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nblib.chain import PARAMETERS, Chain
from oracle import sigmoid as sigma

H = 1e-5
values = st.floats(-2, 2)
chains = st.builds(dict, w1=values, b1=values, w2=values, b2=values)
targets = st.floats(0, 1)


# What each quantity is, written as a function of those it directly depends on.
FORWARD = {
    "z1": lambda v: v["w1"] * v["a0"] + v["b1"],
    "a1": lambda v: sigma(v["z1"]),
    "z2": lambda v: v["w2"] * v["a1"] + v["b2"],
    "a2": lambda v: sigma(v["z2"]),
    "C": lambda v: 0.5 * (v["a2"] - v["y"]) ** 2,
}


def forwards(start, nudged=None, by=0.0):
    """Return all quantities, one of them changed by a little and everything after it computed from that."""
    v = dict(start)
    if nudged in v:
        v[nudged] += by
    for name, formula in FORWARD.items():
        v[name] = formula(v) + (by if name == nudged else 0.0)
    return v


def slope(start, of, along):
    """Return ∂of/∂along with everything in between moving, as a central difference."""
    return (forwards(start, along, H)[of] - forwards(start, along, -H)[of]) / (2 * H)


DERIVATIVES = {
    "dC_da2": ("C", "a2"),
    "da2_dz2": ("a2", "z2"),
    "dz2_dw2": ("z2", "w2"),
    "dz2_db2": ("z2", "b2"),
    "dz2_da1": ("z2", "a1"),
    "da1_dz1": ("a1", "z1"),
    "dz1_dw1": ("z1", "w1"),
    "dz1_db1": ("z1", "b1"),
    "dz1_da0": ("z1", "a0"),
    "delta2": ("C", "z2"),
    "dC_dw2": ("C", "w2"),
    "dC_db2": ("C", "b2"),
    "dC_da1": ("C", "a1"),
    "delta1": ("C", "z1"),
    "dC_dw1": ("C", "w1"),
    "dC_db1": ("C", "b1"),
    "dC_da0": ("C", "a0"),
}


def test_every_field_of_a_pass_is_held_against_something():
    from nblib.chain import ChainPass

    checked = {"a0", "cost", *FORWARD, *DERIVATIVES} - {"C"}
    assert {field.name for field in dataclasses.fields(ChainPass)} == checked


@pytest.mark.parametrize("name", DERIVATIVES)
@given(parameters=chains, a0=values, y=targets)
def test_every_named_derivative_is_the_slope_that_differences_measure(name, parameters, a0, y):
    of, along = DERIVATIVES[name]
    measured = slope({**parameters, "a0": a0, "y": y}, of, along)
    assert getattr(Chain(**parameters).run(a0, y), name) == pytest.approx(measured, rel=1e-7, abs=1e-9)


@given(parameters=chains, a0=values, y=targets)
def test_the_forward_pass_is_two_neurons_one_after_the_other(parameters, a0, y):
    expected = forwards({**parameters, "a0": a0, "y": y})
    there = Chain(**parameters).run(a0, y)
    assert there.a0 == a0
    for name in ("z1", "a1", "z2", "a2"):
        assert getattr(there, name) == pytest.approx(expected[name], abs=1e-14)
    assert there.cost == pytest.approx(expected["C"], abs=1e-14)
    assert Chain(**parameters).cost(a0, y) == there.cost


def test_the_products_are_products_of_the_factors_on_the_path():
    v = Chain(1.5, -0.7, 2.0, -0.58).run(0.8, 1.0)
    assert v.dC_dw2 == pytest.approx(v.dC_da2 * v.da2_dz2 * v.dz2_dw2)
    assert v.dC_da1 == pytest.approx(v.dC_da2 * v.da2_dz2 * v.dz2_da1)
    assert v.dC_dw1 == pytest.approx(v.dC_da2 * v.da2_dz2 * v.dz2_da1 * v.da1_dz1 * v.dz1_dw1)


def test_the_chain_of_the_course_gives_0_66_where_1_is_wanted():
    chain = Chain(w1=1.5, b1=-0.7, w2=2.0, b2=-0.58)
    a2 = sigma(2.0 * sigma(1.5 * 0.8 - 0.7) - 0.58)
    assert round(a2, 2) == 0.66
    there = chain.run(a0=0.8, y=1.0)
    assert there.a2 == pytest.approx(a2)
    assert there.cost == pytest.approx(0.5 * (a2 - 1) ** 2)
    assert there.dC_da2 == pytest.approx(a2 - 1)  # the ½ of the cost takes the 2 of the square away
    assert all(type(getattr(there, field.name)) is float for field in dataclasses.fields(there))


examples = st.integers(1, 5).flatmap(
    lambda n: st.tuples(st.lists(values, min_size=n, max_size=n), st.lists(targets, min_size=n, max_size=n))
)


@given(parameters=chains, data=examples)
def test_cost_and_gradient_are_averages_over_the_examples(parameters, data):
    a0, y = data
    chain = Chain(**parameters)
    single = [chain.run(*pair) for pair in zip(a0, y, strict=True)]
    assert chain.cost(a0, y) == pytest.approx(sum(v.cost for v in single) / len(single), rel=1e-12)
    gradient = chain.gradient(a0, y)
    assert list(gradient) == list(PARAMETERS) == ["w1", "b1", "w2", "b2"]
    for name in PARAMETERS:
        starts = [{**parameters, "a0": a, "y": t} for a, t in zip(a0, y, strict=True)]
        measured = sum(slope(start, "C", name) for start in starts) / len(starts)
        assert gradient[name] == pytest.approx(measured, rel=1e-7, abs=1e-9)
    together = chain.run(a0, y)
    np.testing.assert_allclose(together.dC_dw1, [v.dC_dw1 for v in single], rtol=1e-12, atol=1e-300)


@given(parameters=chains, name=st.sampled_from(PARAMETERS), h=st.floats(-1, 1))
def test_a_nudge_moves_one_parameter_and_leaves_the_chain_as_it_is(parameters, name, h):
    chain = Chain(**parameters)
    nudged = chain.nudge(name, h)
    assert dataclasses.asdict(nudged) == {**parameters, name: parameters[name] + h}
    assert dataclasses.asdict(chain) == parameters


@given(parameters=chains, gradient=chains, eta=st.floats(0.01, 5))
def test_an_update_goes_against_the_gradient(parameters, gradient, eta):
    chain = Chain(**parameters)
    moved = chain.update(gradient, eta)
    for name in PARAMETERS:
        assert getattr(moved, name) == pytest.approx(parameters[name] - eta * gradient[name], abs=1e-12)
    assert dataclasses.asdict(chain) == parameters


@settings(max_examples=30)
@given(parameters=chains, data=st.one_of(st.tuples(values, targets), examples), eta=st.floats(0.05, 2))
def test_every_row_of_a_descent_follows_from_the_one_before(parameters, data, eta):
    record = Chain(**parameters).descend(*data, eta=eta, steps=4)
    assert len(record) == 4
    assert record.eta == eta
    np.testing.assert_array_equal(record.y, data[1])
    row = dict(parameters)
    pairs = list(zip(np.atleast_1d(data[0]).tolist(), np.atleast_1d(data[1]).tolist(), strict=True))
    for t in range(5):
        for name in PARAMETERS:
            assert getattr(record, name)[t] == pytest.approx(row[name], abs=1e-8)
        starts = [{**row, "a0": a, "y": y} for a, y in pairs]
        ends = [forwards(start) for start in starts]
        for name, key in {"a0": "a0", "z1": "z1", "a1": "a1", "z2": "z2", "a2": "a2", "cost": "C"}.items():
            column = np.atleast_1d(getattr(record.passes, name)[t])
            np.testing.assert_allclose(column, [end[key] for end in ends], atol=1e-7)
        for name, (of, along) in DERIVATIVES.items():
            column = np.atleast_1d(getattr(record.passes, name)[t])
            np.testing.assert_allclose(column, [slope(start, of, along) for start in starts], atol=1e-6)
        row = {
            name: row[name] - eta * sum(slope(start, "C", name) for start in starts) / len(starts)
            for name in PARAMETERS
        }


@pytest.mark.parametrize(
    ("data", "shape"), [((0.8, 1.0), (4,)), (([0.8], [1.0]), (4, 1)), (([0.8, 0.1], [1.0, 0.0]), (4, 2))]
)
def test_a_descent_records_every_value_of_every_row(data, shape):
    record = Chain(1.5, -0.7, 2.0, -0.58).descend(*data, eta=1.0, steps=3)
    for field in dataclasses.fields(record.passes):
        assert np.shape(getattr(record.passes, field.name)) == shape, field.name
    for name in PARAMETERS:
        assert getattr(record, name).shape == (4,)


def test_a_descent_lowers_the_cost_and_leaves_the_chain_as_it_is():
    chain = Chain(1.5, -0.7, 2.0, -0.58)
    record = chain.descend(0.8, 1.0, eta=0.5, steps=200)
    assert (np.diff(record.passes.cost) < 0).all()
    assert record.passes.cost[-1] < record.passes.cost[0] / 10
    assert chain == Chain(1.5, -0.7, 2.0, -0.58)
    first, last = record.passes.cost[[0, -1]]
    assert repr(record) == f"ChainRecord(200 steps, cost {first:.4f} -> {last:.4f})"


def test_the_cost_in_the_name_of_a_descent_over_several_examples_is_their_average():
    record = Chain(1.5, -0.7, 2.0, -0.58).descend([0.8, 0.2], [1.0, 0.0], eta=0.5, steps=5)
    first, last = record.passes.cost[[0, -1]].mean(axis=1)
    assert repr(record) == f"ChainRecord(5 steps, cost {first:.4f} -> {last:.4f})"
