"""Numbers in formulas: read back as a reader would, they lead to what is printed."""

import math
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nblib.drawing import numbers
from nblib.drawing.formula import Formula, product

SUPERSCRIPTS = {"⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4"} | {
    "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁻": "-"
}  # fmt: skip

sizes = st.integers(-12, 9)
reals = st.builds(lambda mantissa, size: mantissa * 10.0**size, st.floats(-10, 10), sizes)


def read(text):
    """The value of a written number."""
    number, _, power = text.replace("−", "-").partition("·10")
    return float(f"{number}e{''.join(SUPERSCRIPTS[c] for c in power) or 0}")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.6, 4, "0.6000"),
        (-0.0948, 4, "−0.0948"),
        (123.456, 2, "123.46"),
        (0.00512, 4, "0.00512"),
        (0.000151, 3, "0.00015"),
        (3.7e-9, 4, "3.70·10⁻⁹"),
        (-3.7e-9, 3, "−3.7·10⁻⁹"),
        (2_350_000, 4, "2.35·10⁶"),
        (9.9999e-5, 4, "1.00·10⁻⁴"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (math.nan, 4, "–"),
        (-math.inf, 4, "–"),
        (np.float64(0.5), 4, "0.5000"),
        ("½", 4, "½"),
    ],
)
def test_a_number_is_shown_with_digits_that_are_worth_something(value, digits, text):
    assert numbers.show(value, digits) == text


@given(value=reals.filter(bool), digits=st.integers(2, 9))
def test_what_is_shown_is_right_to_the_last_digit(value, digits):
    text = numbers.show(value, digits)
    assert "-" not in text
    assert read(text) == pytest.approx(value, rel=0.51 * 10.0 ** (2 - digits))
    if "·" not in text:
        assert read(text) == pytest.approx(value, abs=0.501 * 10.0**-digits)


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.05, "0.05"), (-2.5, "−2.5"), (-0.0, "0"), (1e5, "100000")]
)
def test_a_chosen_number_stays_as_it_was_written(value, text):
    assert numbers.given(value) == text


@pytest.mark.parametrize("value", [1 / 3, 1e-7, 1e6, math.pi])
def test_a_long_number_stays_a_number(value):
    assert numbers.given(value) == value


def test_a_negative_number_goes_into_brackets():
    assert numbers.bracketed("−2·10⁻⁹") == "(−2·10⁻⁹)"
    assert numbers.bracketed("0.5") == "0.5"


UPDATE = re.compile(r"(?P<w>\S+) − (?P<eta>[\d.]+)·\(?(?P<slope>[^()]+?)\)? = (?P<new>\S+)")


@given(w=reals, eta=st.sampled_from([0.2, 4, 16, 1000, 1 / 3]), slope=reals, digits=st.integers(2, 5))
@example(w=4.5 * 10.0**-4, eta=16, slope=4.5 * 10.0**-4, digits=3)  # −0.00675 but for the last bit
def test_a_worked_formula_can_be_redone_with_the_numbers_as_they_are_printed(w, eta, slope, digits):
    new = w - eta * slope
    step = Formula("{w} − {η}·{slope}")
    text = step.worked(w, numbers.given(eta), slope, result=new, digits=digits)
    printed = {name: read(number) for name, number in UPDATE.fullmatch(text).groupdict().items()}
    assert UPDATE.fullmatch(text)["new"] == numbers.show(new, digits)
    redone = printed["w"] - printed["eta"] * printed["slope"]
    tie = abs(redone - new) <= 1e-15 * (abs(w) + abs(eta * slope))  # which no digits can decide
    assert tie or numbers.show(redone, digits) == numbers.show(new, digits)


def test_it_takes_no_more_digits_than_needed():
    assert product(0.5, 0.25, result=0.125) == "0.5000·0.2500 = 0.1250"
    assert product(1 / 3, "3", result=1.0) == "0.33333·3 = 1.0000"
    assert product(1 / 3, "3", result=1.0, digits=2) == "0.333·3 = 1.00"
    assert product(2e-5, -4.0, "−0.5", result=4e-5) == "2.00·10⁻⁵·(−4.0000)·(−0.5) = 4.00·10⁻⁵"


def test_a_value_can_stand_in_a_formula_twice():
    text = Formula("{a}·(1 − {a})").worked(0.987654, result=0.987654 * (1 - 0.987654))
    assert text == "0.98765·(1 − 0.98765) = 0.0122"


def test_a_run_that_has_blown_up_is_written_with_dashes():
    assert product(math.inf, -2.0, result=-math.inf) == "–·(−2.0000) = –"
    assert product(math.nan, 1.0, result=math.nan) == "–·1.0000 = –"


def test_the_text_of_a_formula_is_its_symbols_its_numbers_and_its_arithmetic():
    cost = Formula("½·(({a₁} − {y₁})² + ({a₂} − {y₂})²)/{n}")
    assert str(cost) == "½·((a₁ − y₁)² + (a₂ − y₂)²)/n"
    assert cost.names == ("a₁", "y₁", "a₂", "y₂", "n")
    texts = "0.5", "−1", "−0.25", "0.25", "4"
    assert cost.filled(*texts) == "½·((0.5 − (−1))² + (−0.25 − 0.25)²)/4"
    assert cost.value(*texts) == 0.5 * (1.5**2 + 0.5**2) / 4
    assert Formula("σ({z})").value("0") == 0.5
    assert Formula("relu({z})").value("−2") == 0


@given(w=reals, a=reals, digits=st.integers(1, 6))
def test_a_result_has_no_digit_that_the_printed_numbers_do_not_give(w, a, digits):
    texts = [numbers.plain(v, digits) for v in (w, a)]
    line = Formula("{w}·{a} + {w}").agreed(*texts, result=w * a + w, digits=digits)
    printed, redone = line.rpartition(" = ")[2], read(texts[0]) * read(texts[1]) + read(texts[0])
    decimals = len(printed.partition(".")[2])
    assert decimals <= digits
    assert abs(read(printed) - (w * a + w)) <= 0.5001 * 10.0**-decimals
    assert decimals == 0 or abs(read(printed) - redone) <= 1.0001 * 10.0**-decimals


@pytest.mark.parametrize("texts", [(), ("1",), ("1", "2", "3")])
def test_a_formula_takes_one_number_for_each_name(texts):
    for method in (Formula("{w}·{a}").value, Formula("{w}·{a}").filled):
        with pytest.raises(ValueError, match="zip"):
            method(*texts)


def test_a_formula_does_not_reckon_with_words():
    with pytest.raises(ValueError, match="could not convert string to float: 'x'"):
        Formula("{w}·{a}").value("1", "x")
