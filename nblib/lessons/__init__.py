"""The exercises of the course: what is asked, the right answer, and the usual wrong ones.

`NOTEBOOKS` says which notebook asks what. A module for each notebook holds its exercises; what they are
tried with, or judged by, stands beside it where it takes room. What serves them all: ``formulas`` make a
right answer, ``slips`` make a wrong one of it; ``calling`` runs a learner's function safely, and ``limit``
stops it; ``compare`` says how two answers differ; ``exercise`` puts them together, and ``result`` is what
a check says. Learners meet all this as ``nblib.check``.
"""

from nblib.lessons import backprop_exercises as backpropagation
from nblib.lessons import beyond_sgd_exercises as beyond_sgd
from nblib.lessons import bumps, early_stopping, line_descent
from nblib.lessons import chain_exercises as chain
from nblib.lessons import convolution_exercises as convolution
from nblib.lessons import gates_exercises as gates
from nblib.lessons import mnist_exercises as mnist
from nblib.lessons import notation_exercises as notation
from nblib.lessons import perceptron_exercises as perceptron
from nblib.lessons import playground_exercises as playground
from nblib.lessons import sigmoid_exercises as sigmoid
from nblib.lessons import trial_exercises as trial
from nblib.lessons.exercise import Check
from nblib.lessons.result import Progress

NOTEBOOKS: dict[int | str, tuple[Check, ...]] = {
    1: (perceptron.perceptron_update, perceptron.diagonal_detector, perceptron.pocket),
    2: (gates.at_least_two, gates.implies, gates.xnor, gates.switch, gates.full_adder, gates.smallest_adder),
    3: (
        sigmoid.safe_sigmoid,
        sigmoid.neuron_gradient,
        sigmoid.made_to_measure,
        sigmoid.tanh_gradient,
        line_descent.line_descent,
        sigmoid.ten_steps,
    ),
    4: (
        chain.three_neuron_gradient,
        chain.tanh_chain_gradient,
        chain.smallest_eta,
        chain.chain_gradient,
        bumps.bump,
    ),
    5: (
        backpropagation.output_delta,
        backpropagation.backwards,
        backpropagation.backprop,
        backpropagation.input_gradient,
        backpropagation.quartic_backprop,
        backpropagation.train_xor,
    ),
    "5b": (playground.no_line, playground.spiral_with_eight, playground.less_by_heart),
    6: (
        mnist.one_hot,
        mnist.accuracy,
        mnist.epochs_until,
        mnist.sgd_epoch,
        mnist.forgetful_order,
        backpropagation.backprop,  # asked for once more, to read digits
        mnist.few_neurons,
    ),
    7: (
        beyond_sgd.staircase,
        beyond_sgd.temperature_delta,
        beyond_sgd.look_ahead,
        early_stopping.early_stopping,
        beyond_sgd.few_images,
    ),
    "7b": (convolution.filter_map, convolution.filter_gradient, convolution.wherever),
    8: (trial.convicts,),
    9: (notation.to_ours, notation.our_eta, notation.their_formula),
}
"""The exercises of each notebook, in order."""


def progress(notebook: int | str) -> Progress:
    """Return which exercises of a notebook are solved, in this kernel. Nothing is stored or sent.

    Parameters
    ----------
    notebook : int or str
        The number of the notebook: 1 for ``01_perceptron``, "5b" for ``05b_playground``.

    Raises
    ------
    ValueError
        If there is no such notebook, or it has no exercises.
    """
    if notebook not in NOTEBOOKS:
        raise ValueError(f"notebook must be one of {', '.join(map(str, NOTEBOOKS))}, got {notebook!r}")
    return Progress((check.title, check.yours is not None) for check in NOTEBOOKS[notebook])
