"""What the three articles say that the course grew from: the claims that notebook 08 runs.

Each stands here in our own words, with its place, and with the kindest condition or reading that could save
it. Whether it needs one, and whether that helps, is for a run to find: no verdict is written here.
"""

from __future__ import annotations

from nblib.tools.claims import Claim

_SAID = (
    # -- the perceptron, and gates --
    (2, "Backpropagation (in formulas)", "A perceptron can only draw a line through the data",
     "the data are no larger than two bits"),
    (2, "The History", "The vast majority of wirings have no logical output at all",
     "“logical output” means the one that was wanted"),
    (1, "An Artificial Neuron", "Units that pass θ = 1 are OR, units that pass θ = n are AND",
     "“passes” means “reaches”, ≥"),
    (1, "An Artificial Neuron", "Networks of units that count do what a computer does",
     "inputs may inhibit too"),
    # -- the sigmoid, and going downhill --
    (2, "The Model (Details)", "The slope says exactly which way and how far to go",
     "which way, not how far"),
    (1, "Structural Functionality", "The plain weighted sum becomes the activation",
     "bias and σ are put round it, as further on in the article"),
    (3, "Making predictions", "A network can learn any function, however complicated",
     "the function is continuous, and “represent” stands for “learn”"),
    (1, "Learning Process", "The loss adds up the terms 0 … N",
     "N is the last index, one less than their number"),
    (3, "How will it learn?", "Accuracy is a poor cost: small changes do not show in it",
     "the change is small enough"),
    (3, "How will it learn?", "A cost must be smooth or continuous, as if these were one",
     "smooth is meant: continuous alone gives no reliable slope"),
    (1, "Learning Process", "Where the derivative is zero lies the least error",
     "the function is one bowl"),
    (1, "Learning Process", "The gradient is the steepest way up, its opposite leads down",
     "the step is tiny"),
    (3, "How will it learn?", "∇C = (2, −0.3) asks for a big step up and a small step down",
     "the step is much shorter"),
    (3, "How will it learn?", "The update is w − ∇C, without a learning rate",
     "η = 1"),
    (2, "Training", "Each step of gradient descent lowers the cost",
     "η is small enough"),
    (2, "Training", "In the end gradient descent finds the very bottom",
     "the cost is one bowl, and η is small enough"),
    # -- the chain rule, and the way back --
    (1, "Learning Process - Continued", "Step 4 gives the slopes of every layer",
     "it is the last layer"),
    (1, "Learning Process - Continued", "Backpropagation performs gradient descent",
     "the step that uses its gradient is counted in"),
    (2, "Backpropagation (in words)", "Correct the output layer first, then descend in the one before",
     "only the slopes are found in this order; all layers move together"),
    # -- indices, shapes, and the four equations --
    (1, "Structural Functionality", "The matrix from 5 to 8 neurons has 5 rows of 8",
     "the general form is meant, which ends at w₁ₙ and wₖ₅"),
    (1, "Structural Functionality", "b¹ holds the biases of the first layer, a⁰",
     "“of” means that they act on the neurons of a⁰"),
    (2, "Feedforward in Matrix Notation", "The input column is a 1 × n matrix",
     "columns are counted before rows throughout"),
    (1, "Learning Process - Continued", "z is the sum over k of (w a + b)",
     "behind σ it makes no difference"),
    (3, "Mathematical set up", "w^l_jk connects neuron k of l to neuron j of l − 1",
     "“connects” names the two ends and no direction"),
    (3, "Mathematical set up", "A row of the transpose holds the weights required for one a of l − 1",
     "“required for” means “leaving”, and it is δ that walks back"),
    (3, "Making predictions", "Three lines of code compute the network's answer",
     "a is a column, n × 1"),
    (2, "Backpropagation (in formulas)", "∂a_k/∂s_j is zero unless k = j",
     "the slope at s_j is not measured too coarsely"),
    (2, "Backpropagation (in formulas)", "With ∂/∂z in place of ∂/∂s, δ stays what it is",
     "all biases are 0"),
    (2, "Backpropagation (in formulas)", "Four equations give the slope of every weight and bias",
     "there is one example"),
    (1, "Learning Process - Continued", "∂C₀/∂w_jk is a sum over the neurons j",
     "at least the signs are right"),
    (3, "Backpropagation under the hood", "a − y is the derivative of the mean squared error",
     "the cost is ½‖a − y‖²"),
    # -- digits, and stochastic gradient descent --
    (1, "Structural Functionality", "0 is a black pixel, 1 a white one",
     "the corners of the images are meant"),
    (1, "Structural Functionality", "Fewer than ten output neurons would do",
     "half of the digits are enough"),
    (1, "Learning Process", "Steps over a part of the examples are batch gradient descent",
     "such a step at least points where the batch's does"),
    (3, "How will it learn?", "Changed by just one example, the network learns a single digit",
     "it is always the same example"),
    (2, "Training", "With thousands of examples a right answer is more than a fluke",
     "thousands are compared with a hundred"),
    (1, "Learning Process", "Over-fitting comes from using every example",
     "every example is used in each step"),
    (1, "Structural Functionality", "The brighter the brightest neuron, the surer the answer",
     "only the brightest and the darkest answers are compared"),
    (3, "How will it learn?", "A higher loss means a lower confidence",
     "the answer is right"),
    (1, "Little Confessions", "What a hidden neuron has learned looks pretty much random",
     "“random” means: no picture of a digit"),
    (1, "Little Confessions", "All hidden neurons take part in the decision",
     "it is enough that most of them do"),
    (1, "Little Confessions", "Every neuron has found a local minimum for itself",
     "it is enough that one of them has"),
    # -- the printed backprop --
    (3, "Backpropagation under the hood", "The printed backprop is the five steps",
     "it starts from other weights"),
    (3, "Backpropagation under the hood", "The network of the printed call reaches about 92 %",
     "two lines that the code lacks are added"),
)  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Return the claims that notebook 08 runs, numbered from 1, all open."""
    return tuple(Claim(number, *said) for number, said in enumerate(_SAID, start=1))
