"""Nothing bad comes in, nothing is half changed, and every refusal says why: of all that is public."""

import inspect

import pytest

from nblib import validate
from unit.bad_calls import Door, complaint, doors

DOORS = list(doors())
PARAMETERS = [(door, parameter) for door in DOORS for parameter in door.tested]
IDS = [f"{door}-{parameter.name}" for door, parameter in PARAMETERS]


@pytest.mark.parametrize("door", DOORS, ids=repr)
def test_the_good_call_is_good(door: Door):
    """The bad ones are bad for one reason only."""
    door.call(*door.fresh())


@pytest.mark.parametrize(("door", "parameter"), PARAMETERS, ids=IDS)
def test_bad_values_are_refused_in_words_and_change_nothing(door: Door, parameter: inspect.Parameter):
    values = door.bad(parameter)
    found = {label: complaint(door, parameter.name, value) for label, value in values.items()}
    assert not {label: words for label, words in found.items() if words}


def test_there_are_many_of_them():
    assert sum(len(door.bad(parameter)) for door, parameter in PARAMETERS) > 4000


CARELESS = {
    "accepts anything": (lambda x: None, "accepted"),
    "leaves it to Python": (lambda x: len(x), "unexplained TypeError: object of type 'int' has no len()"),
    "fails in another way": (lambda x: x.sum(), "AttributeError: 'int' object has no attribute 'sum'"),
}


@pytest.mark.parametrize("kind", CARELESS)
def test_a_careless_door_is_found(kind: str):
    function, words = CARELESS[kind]
    (x,) = inspect.signature(function).parameters.values()
    assert complaint(Door("careless", "", function, (x,), ""), "x", 7) == words


def test_a_door_through_which_something_is_changed_is_found():
    def spoils(network: object, eta: float) -> None:
        network.biases[0][:] = 7
        validate.positive("eta", eta)

    parameters = tuple(inspect.signature(spoils).parameters.values())
    assert complaint(Door("spoils", "", spoils, parameters, ""), "eta", -1.0) == "something has changed"
