"""The checks of the course's exercises.

In a notebook: ``from nblib import check``, then ``check.perceptron_update(my_update)``. The answer
says what the function now can do, or what is wrong with it; ``check.progress(1)`` says which
exercises of a notebook are solved, in this kernel.
"""

from nblib.lessons.backprop_exercises import (
    backprop,
    backwards,
    input_gradient,
    output_delta,
    quartic_backprop,
    train_xor,
)
from nblib.lessons.beyond_sgd_exercises import few_images, look_ahead, staircase, temperature_delta
from nblib.lessons.chain_exercises import (
    bump,
    chain_gradient,
    smallest_eta,
    tanh_chain_gradient,
    three_neuron_gradient,
)
from nblib.lessons.digit_exercises import accuracy, one_hot
from nblib.lessons.exercise import progress
from nblib.lessons.gates_exercises import at_least_two, full_adder, implies, smallest_adder, switch, xnor
from nblib.lessons.perceptron_exercises import diagonal_detector, perceptron_update, pocket
from nblib.lessons.sgd_exercises import epochs_until, forgetful_order, sgd_epoch
from nblib.lessons.sigmoid_exercises import (
    made_to_measure,
    neuron_gradient,
    safe_sigmoid,
    tanh_gradient,
    ten_steps,
)
from nblib.lessons.training_exercises import few_neurons

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
