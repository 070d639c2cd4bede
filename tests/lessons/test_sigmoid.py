"""The exercises of notebook 03: other right answers pass, and wrong ones are told what is wrong."""

import itertools
import math
import warnings

import numpy as np
import pytest

from nblib import neuron
from nblib.activations import sigmoid
from nblib.lessons import line_descent as line
from nblib.lessons import sigmoid_exercises as lesson
from nblib.lessons.places import Place

# -- safe in float32 ------------------------------------------------------------------------------


def plain(z):
    return 1 / (1 + np.exp(-z))


def plain_math(z):
    return 1 / (1 + math.exp(-z))


def half_a_tanh(z):
    return 0.5 * np.tanh(0.5 * z) + 0.5


def tanh_slope(z):
    return half_a_tanh(z) * (1 - half_a_tanh(z))


def with_loops(z):
    return [1 / (1 + math.exp(-v)) if v > 0 else math.exp(v) / (1 + math.exp(v)) for v in z]


def only_falling_exponentials(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1) / (1 + e)


def clipped(numbers):
    return plain(np.clip(numbers, -80, 80))


def clipped_by_what_is_there(z):
    return half_a_tanh(np.clip(z, z.min(), z.max()))


@pytest.mark.parametrize(
    "curve", [half_a_tanh, with_loops, only_falling_exponentials, clipped, clipped_by_what_is_there]
)
def test_every_safe_sigmoid_passes(curve):
    def slope(z):
        a = np.array(curve(z))
        return a - a**2

    assert lesson.safe_sigmoid(curve, slope)


def test_a_warning_is_noticed_although_the_numbers_are_right():
    result = lesson.safe_sigmoid(plain, lambda z: plain(z) * (1 - plain(z)))
    assert "overflow" in result.says
    assert dict(result.example)["z"] == "[-100, 0, 100]"


def test_a_warning_of_the_slope_alone_is_noticed():
    result = lesson.safe_sigmoid(half_a_tanh, lambda z: plain(z) * (1 - plain(z)))
    assert "in your σ′ NumPy warns of “overflow”: far out on the left" in result.says


def test_a_warning_is_put_down_to_the_function_and_the_side_that_it_comes_from():
    def on_the_right(z):
        return 1 - 1 / (1 + np.exp(z))

    says = lesson.safe_sigmoid(half_a_tanh, lambda z: 0.25 / np.cosh(z / 2) ** 2).says
    assert "in your σ′ NumPy warns of “overflow”: far out on both sides" in says
    assert "Write σ" not in says
    says = lesson.safe_sigmoid(on_the_right, lambda z: on_the_right(z) * (1 - on_the_right(z))).says
    assert "in your σ NumPy warns of “overflow”: far out on the right" in says
    assert "left" not in says


def test_a_warning_in_float64_is_explained_as_well():
    def wide(z):
        return plain(z.astype(np.float64))

    result = lesson.safe_sigmoid(wide, lambda z: wide(z) * (1 - wide(z)))
    assert "in your σ NumPy warns of “overflow”: far out on the left" in result.says
    assert list(dict(result.example)) == ["z"]


def test_a_warning_of_what_is_not_defined_is_told_from_one_of_what_grows():
    def with_a_root(z):
        return np.where(z == z, half_a_tanh(z), np.sqrt(-1 - z * z))

    says = lesson.safe_sigmoid(with_a_root, tanh_slope).says
    assert "NumPy warns of “invalid value”: far out on both sides something is not defined." in says


def clipped_at(limit):
    def curve(z):
        return plain(np.clip(z, -limit, limit))

    return curve, lambda z: curve(z) * (1 - curve(z))


@pytest.mark.parametrize("limit", [3, 9, 9.5, 10, 10.5])
def test_a_clipped_sigmoid_is_blamed_and_not_its_slope(limit):
    says = lesson.safe_sigmoid(*clipped_at(limit)).says
    assert says.startswith(
        f"Your slope fits your σ, but σ(−100) is {plain(-float(limit)):.3g}, and it should be 0."
    )
    assert says.endswith("Is z clipped? Then leave more room, up to where σ is 0 or 1 in all its digits.")


@pytest.mark.parametrize("limit", [17, 40, 80])
def test_a_sigmoid_that_is_clipped_far_out_passes(limit):
    assert lesson.safe_sigmoid(*clipped_at(limit))


def test_a_branch_on_the_array_is_told_what_to_do_instead():
    def branches(z):
        if z > 0:
            return plain(z)
        return np.exp(z) / (1 + np.exp(z))

    says = lesson.safe_sigmoid(branches, tanh_slope).says
    assert says.startswith("It asks whether an array is true, in the line `if z > 0:`.")
    assert "any()" not in says


def silent_with_errstate(z):
    with np.errstate(over="ignore"):
        return plain(z)


def silent_with_a_filter(z):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plain(z)


@pytest.mark.parametrize("curve", [silent_with_errstate, silent_with_a_filter])
def test_a_warning_that_is_switched_off_counts_as_none(curve):
    assert lesson.safe_sigmoid(curve, lambda z: curve(z) * (1 - curve(z)))


# -- the gradient of one neuron, and with tanh ----------------------------------------------------


def gradient_in_a_loop(weight, bias, inputs, targets):
    dw = db = 0.0
    for value, target in zip(inputs, targets, strict=True):
        a = 1 / (1 + math.exp(-(weight * value + bias)))
        dw += (a - target) * a * (1 - a) * value / len(inputs)
        db += (a - target) * a * (1 - a) / len(inputs)
    return [dw, db]


def gradient_in_float32(w, b, x, y):
    x, y = np.float32(x), np.float32(y)
    a = sigmoid(np.float32(w) * x + np.float32(b))
    delta = (a - y) * a * (1 - a)
    return np.array([delta @ x, delta.sum()]) / np.float32(len(x))


def gradient_with_own_copies(w, b, x, y):
    x = x.copy()
    delta = sigmoid(w * x + b) - y
    delta *= sigmoid.derivative(w * x + b)
    x *= delta
    return x.mean(), delta.mean()


def gradient_from_nblib(w, b, x, y):
    record = neuron.descend(x, y, eta=1.0, steps=1, w=w, b=b)
    return record.dC_dw[0], record.dC_db[0]


@pytest.mark.parametrize(
    "gradient", [gradient_in_a_loop, gradient_in_float32, gradient_with_own_copies, gradient_from_nblib]
)
def test_every_right_gradient_passes(gradient):
    assert lesson.neuron_gradient(gradient)


def test_a_turned_sign_names_both_usual_causes():
    def turned_slope(w, b, x, y):
        a = sigmoid(w * x + b)
        return np.mean((a - y) * a * (a - 1) * x), np.mean((a - y) * a * (a - 1))

    says = lesson.neuron_gradient(turned_slope).says
    assert "y − a stands where a − y belongs, or a (a − 1)" in says


def test_a_gradient_that_uses_the_eight_days_only_does_not_pass():
    assert not lesson.neuron_gradient(
        lambda w, b, x, y: gradient_in_a_loop(w, b, lesson.RAIN_X, lesson.RAIN_Y)
    )


def tanh_by_differences(w, b, x, y, h=1e-5):
    def cost(w, b):
        return 0.5 * (math.tanh(w * x + b) - y) ** 2

    return (cost(w + h, b) - cost(w - h, b)) / (2 * h), (cost(w, b + h) - cost(w, b - h)) / (2 * h)


def tanh_in_float32(w, b, x, y):
    w, b, x, y = map(np.float32, (w, b, x, y))
    a = np.tanh(w * x + b)
    return (a - y) * (1 - a * a) * np.array([x, np.float32(1)])


def tanh_with_cosh(weight, bias, inputs, target):
    z = weight * inputs + bias
    delta = (math.tanh(z) - target) / math.cosh(z) ** 2
    return [delta * inputs, delta]


@pytest.mark.parametrize("gradient", [tanh_by_differences, tanh_in_float32, tanh_with_cosh])
def test_every_right_gradient_with_tanh_passes(gradient):
    assert lesson.tanh_gradient(gradient)


# -- a neuron made to measure ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("w", "b"),
    [(2 * math.log(9), -5 * math.log(9)), (4.3944, -10.9861), (np.float32(4.394449), np.array(-10.986123))],
)
def test_the_measured_neuron_passes_exactly_and_rounded_to_four_decimals(w, b):
    assert lesson.made_to_measure(w, b)


@pytest.mark.parametrize(("w", "b"), [(5, 0), (0, 20), (4, 20)])
def test_saturated_heights_are_not_taken_for_one_another(w, b):
    result = lesson.made_to_measure(w, b)
    assert result.says == "The height σ(wx + b) and z = wx + b are other numbers."
    assert (
        dict(result.example)["your answer"]
        == f"the height σ(wx + b): {sigmoid(2 * w + b):.5g}, z = wx + b: {2 * w + b}"
    )


# -- the whole loop -------------------------------------------------------------------------------


def in_a_while(x, y, w, b, eta, steps):
    while steps:
        errors = [w * one_x + b - one_y for one_x, one_y in zip(x, y, strict=True)]
        dw = sum(error * one_x for error, one_x in zip(errors, x, strict=True)) / len(x)
        w, b, steps = w - eta * dw, b - eta * sum(errors) / len(x), steps - 1
    return [w, b]


def recursively(x, y, w, b, eta, steps):
    if steps == 0:
        return np.array([w, b])
    error = w * x + b - y
    return recursively(x, y, w - eta * (error @ x) / len(x), b - eta * error.mean(), eta, steps - 1)


def loop_in_float32(x, y, w, b, eta, steps):
    x, y, w, b, eta = map(np.float32, (x, y, w, b, eta))
    for _ in range(steps):
        error = w * x + b - y
        dw, db = (error * x).mean(), error.mean()
        w -= eta * dw
        b -= eta * db
    return w, b


def by_differences(x, y, w, b, eta, steps, h=1e-5):
    def cost(w, b):
        return np.mean(0.5 * (w * x + b - y) ** 2)

    for _ in range(steps):
        dw = (cost(w + h, b) - cost(w - h, b)) / (2 * h)
        db = (cost(w, b + h) - cost(w, b - h)) / (2 * h)
        w, b = w - eta * dw, b - eta * db
    return w, b


@pytest.mark.parametrize("descent", [in_a_while, recursively, loop_in_float32, by_differences])
def test_every_right_loop_passes(descent):
    assert line.line_descent(descent)


def test_the_law_of_the_thermometers_is_found():
    w, b = line.line_descent.reference(line.CELSIUS / 10, line.FAHRENHEIT, 0.0, 0.0, 0.1, 500)
    assert (round(w, 2), round(b, 2)) == (18.0, 32.0)
    np.testing.assert_allclose(np.polyfit(line.CELSIUS / 10, line.FAHRENHEIT, 1), [18, 32])


def new_w_for_b(x, y, w, b, eta, steps):
    for _ in range(steps):
        w = w - eta * np.mean((w * x + b - y) * x)
        b = b - eta * np.mean(w * x + b - y)
    return w, b


def assigns(x, y, w, b, eta, steps):
    for _ in range(steps):
        error = w * x + b - y
        w, b = eta * np.mean(error * x), eta * np.mean(error)
    return w, b


def returns_at_once(x, y, w, b, eta, steps):
    for _ in range(steps):
        error = w * x + b - y
        return w - eta * np.mean(error * x), b - eta * np.mean(error)


def forgets(x, y, w, b, eta, steps):
    for _ in range(steps):
        error = w * x + b - y
        _ = w - eta * np.mean(error * x), b - eta * np.mean(error)
    return w, b


def one_for_each_example(x, y, w, b, eta, steps):
    for _ in range(steps):
        for one_x, one_y in zip(x, y, strict=True):
            error = w * one_x + b - one_y
            w, b = w - eta * error * one_x, b - eta * error
    return w, b


@pytest.mark.parametrize(
    ("descent", "says"),
    [
        (new_w_for_b, "The step of b looks at the w that has just moved."),
        (assigns, "w and b are thrown away: in w = η ∂C/∂w the step takes their place."),
        (returns_at_once, "It takes a single step, however many are wanted."),
        (forgets, "w and b come back as they went in."),
        (one_for_each_example, "It moves after every single example."),
        (lambda x, y, w, b, eta, steps: in_a_while(x, y, w, b, eta, steps - 1), "It is one step short."),
        (
            lambda x, y, w, b, eta, steps: in_a_while(x, y, w, b, eta, steps + 1),
            "It takes one step too many.",
        ),
        (lambda x, y, w, b, eta, steps: in_a_while(x, y, w, b, -eta, steps), "It climbs"),
        (lambda x, y, w, b, eta, steps: in_a_while(x, y, w, b, 1, steps), "η is missing"),
        (lambda x, y, w, b, eta, steps: (w, b, 0), "The answer must hold 2 things, w and b, got 3."),
        (lambda x, y, w, b, eta, steps: w, "The answer must hold 2 things, w and b"),
        (lambda x, y: (0, 0), "It must take 6 arguments, (x, y, w, b, eta, steps)"),
    ],
)
def test_a_wrong_loop_is_told_why(descent, says):
    assert line.line_descent(descent).says.startswith(says)


# -- ten steps ------------------------------------------------------------------------------------


def mean(x):
    return x.mean()


def fixed(shift):
    return lambda x: shift + 0 * x[0]


def step_with(eta):
    def step(w, b, x, y):
        dw, db = gradient_in_a_loop(w, b, x, y)
        return w - eta * dw, b - eta * db

    return step


def several(times, eta):
    one = step_with(eta)

    def step(w, b, x, y):
        for _ in range(times):
            w, b = one(w, b, x, y)
        return w, b

    return step


def first_uphill():
    etas = itertools.cycle([-0.5] + 9 * [16])
    return lambda w, b, x, y: step_with(next(etas))(w, b, x, y)


def with_two_etas(w, b, x, y):
    dw, db = gradient_in_a_loop(w, b, x, y)
    return w - 16 * dw, b - 24 * db


def step_in_float32(w, b, x, y):
    dw, db = gradient_in_float32(w, b, x, y)
    return np.float32(w) - 16 * dw, np.float32(b) - 16 * db


def step_of_the_cost_without_half(w, b, x, y):
    dw, db = gradient_in_a_loop(w, b, x, y)
    return [w - 8 * (2 * dw), b - 8 * (2 * db)]


@pytest.mark.parametrize("step", [step_in_float32, step_of_the_cost_without_half])
def test_a_step_may_be_rounded_or_have_its_factor_elsewhere(step):
    assert lesson.ten_steps(mean, step)


@pytest.mark.parametrize("eta", [8, 16, 50])
@pytest.mark.parametrize("shift", [mean, np.median, lambda x: (min(x) + max(x)) / 2])
def test_days_around_zero_reach_the_goal(shift, eta):
    assert lesson.ten_steps(shift, step_with(eta))


def test_what_was_reached_is_said_beside_the_best_that_there_is():
    says = lesson.ten_steps(mean, step_with(16)).says
    assert "the cost is 0.0435;" in says
    assert says.endswith("would get 0.0419.")


def cost_after_ten_steps(shift, eta):
    """Do the same with nblib's descent instead of the learner's step."""
    costs = []
    for place in map(Place.of, lesson.PLACES):
        moved = shift(place.x)
        record = neuron.descend(place.x - moved, place.y, eta, steps=10, w=-1.0, b=0.0)
        costs.append(neuron.cost(place.new_x - moved, place.new_y, record.w[-1], record.b[-1]))
    return np.mean(costs)


def test_the_check_takes_ten_steps_and_looks_at_new_days():
    assert f"{cost_after_ten_steps(mean, 16):.4f}" in lesson.ten_steps(mean, step_with(16)).says
    for place in map(Place.of, lesson.PLACES):
        assert (len(place.x), len(place.new_x)) == (40, 1000)
        assert not set(place.x) & set(place.new_x)


def test_what_the_notebook_says_of_other_shifts_is_true():
    assert all(cost_after_ten_steps(fixed(0.0), eta) > 0.24 for eta in (0.2, 4, 16, 50))
    best = min(
        cost_after_ten_steps(fixed(shift), eta) for shift in np.arange(6, 8, 0.1) for eta in range(8, 18, 2)
    )
    assert 0.05 < best < 0.054


def test_what_the_notebook_says_of_the_eight_days_is_true():
    x, y = lesson.RAIN_X, lesson.RAIN_Y
    centred = neuron.descend(x - x.mean(), y, eta=16, steps=10, w=-1.0, b=0.0)
    patient = neuron.descend(x, y, eta=4, steps=5000, w=-1.0, b=0.0)
    assert (f"{centred.cost[-1]:.4f}", f"{patient.cost[-1]:.4f}") == ("0.0533", "0.0532")


# -- what is wrong --------------------------------------------------------------------------------


def turned(z):
    return 1 / (1 + np.exp(z))


def chosen(z):
    return np.where(z >= 0, plain(z), np.exp(z) / (1 + np.exp(z)))


def slope_with_exponentials(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


OF_NBLIB = "Your {} uses nblib. Write it with NumPy or Python alone."
TURNED_ROUND = "It is turned round: it falls from 1 to 0. The exponent is −z, not z."


@pytest.mark.parametrize(
    ("exercise", "answers", "says"),
    [
        (lesson.safe_sigmoid, (sigmoid, tanh_slope), OF_NBLIB.format("σ")),
        (lesson.safe_sigmoid, (lambda z: sigmoid(z), tanh_slope), OF_NBLIB.format("σ")),
        (lesson.safe_sigmoid, (half_a_tanh, sigmoid.derivative), OF_NBLIB.format("σ′")),
        (lesson.safe_sigmoid, (half_a_tanh, lambda z: sigmoid.derivative(z)), OF_NBLIB.format("σ′")),
        (lesson.safe_sigmoid, (chosen, lambda z: chosen(z) * (1 - chosen(z))), "both of its branches"),
        (lesson.safe_sigmoid, (plain, slope_with_exponentials), "turns into nan"),
        (lesson.safe_sigmoid, (half_a_tanh, slope_with_exponentials), "turns into nan"),
        (lesson.safe_sigmoid, (turned, lambda z: turned(z) * (1 - turned(z))), TURNED_ROUND),
        (
            lesson.safe_sigmoid,
            (lambda z: [plain_math(v) for v in z], tanh_slope),
            "It stops with OverflowError",
        ),
        (lesson.safe_sigmoid, (plain, 3.0), "your two functions"),
        (lesson.safe_sigmoid, (plain,), "your two functions"),
        (lesson.safe_sigmoid, (plain, lambda z, a: a), "must take 1 argument"),
        (lesson.made_to_measure, ("4.39", 1.0), "my_w must be made of numbers, got a str"),
        (lesson.made_to_measure, ([1.0, 2.0], 1.0), "my_w must be a single number"),
        (lesson.made_to_measure, (np.inf, 1.0), "finite"),
        (lesson.made_to_measure, (2 * math.log(9), 5 * math.log(9)), "The sign of b"),
        (lesson.made_to_measure, (4.0, -10.0), "The height σ(wx + b) and z = wx + b are other numbers."),
        (lesson.made_to_measure, (4.3944,), "must hold 2 things, my_w and my_b, got 1"),
        (lesson.ten_steps, (fixed(0.0), step_with(4)), "around a number that is not 0"),
        (lesson.ten_steps, (fixed(2.25), step_with(16)), "around a number that is not 0"),
        (lesson.ten_steps, (fixed(6.9), step_with(12)), "around a number that is not 0"),
        (lesson.ten_steps, (mean, step_with(4)), "try a larger η"),
        (lesson.ten_steps, (mean, step_with(100)), "try a smaller η"),
        (lesson.ten_steps, (mean, step_with(-16)), "against the gradient"),
        (lesson.ten_steps, (mean, lambda w, b, x, y: (w, b)), "against the gradient"),
        (lesson.ten_steps, (mean, several(100, 1.0)), "only one step"),
        (lesson.ten_steps, (mean, several(2, 8.0)), "only one step"),
        (lesson.ten_steps, (mean, first_uphill()), "the change must point along −∇C"),
        (lesson.ten_steps, (mean, with_two_etas), "with one η for both"),
        (lesson.ten_steps, (mean, step_with(math.nan)), "leads to w = nan"),
        (lesson.ten_steps, (mean, lambda w, b, x, y: w - 1), "A step must return the new w and the new b"),
        (lesson.ten_steps, (mean, 16), "your two functions"),
        (lesson.ten_steps, (lambda x: x - x.mean(), step_with(16)), "must be a single number, got the shape"),
        (lesson.ten_steps, (lambda x: math.inf, step_with(16)), "it is not finite"),
    ],
)
def test_a_wrong_answer_is_told_why(exercise, answers, says):
    result = exercise(*answers)
    assert result.status == "wrong"
    assert says in result.says
