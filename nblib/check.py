"""The checks of the course's exercises.

In a notebook: ``from nblib import check``, then ``check.perceptron_update(my_update)``. The answer
says what the function now can do, or what is wrong with it; ``check.progress(1)`` says which
exercises of a notebook are solved, in this kernel.
"""

from nblib.exercises.backprop import (
    backprop,
    backwards,
    input_gradient,
    output_delta,
    quartic_backprop,
    train_xor,
)
from nblib.exercises.chain import (
    bump,
    chain_gradient,
    smallest_eta,
    tanh_chain_gradient,
    three_neuron_gradient,
)
from nblib.exercises.digits import accuracy, one_hot
from nblib.exercises.exercise import progress
from nblib.exercises.gates import at_least_two, full_adder, implies, smallest_adder, switch, xnor
from nblib.exercises.modern import few_images, look_ahead, staircase, temperature_delta
from nblib.exercises.perceptron import diagonal_detector, perceptron_update, pocket
from nblib.exercises.sgd import epochs_until, forgetful_order, sgd_epoch
from nblib.exercises.sigmoid import made_to_measure, neuron_gradient, safe_sigmoid, tanh_gradient, ten_steps
from nblib.exercises.training import few_neurons

__all__ = [
    "accuracy",
    "at_least_two",
    "backprop",
    "backwards",
    "bump",
    "chain_gradient",
    "diagonal_detector",
    "epochs_until",
    "few_images",
    "few_neurons",
    "forgetful_order",
    "full_adder",
    "implies",
    "input_gradient",
    "look_ahead",
    "made_to_measure",
    "neuron_gradient",
    "one_hot",
    "output_delta",
    "perceptron_update",
    "pocket",
    "progress",
    "quartic_backprop",
    "safe_sigmoid",
    "sgd_epoch",
    "smallest_adder",
    "smallest_eta",
    "staircase",
    "switch",
    "tanh_chain_gradient",
    "tanh_gradient",
    "temperature_delta",
    "ten_steps",
    "three_neuron_gradient",
    "train_xor",
    "xnor",
]
