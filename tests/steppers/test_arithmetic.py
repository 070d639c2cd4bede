"""The helper that redoes captions must itself find what is wrong, and only that."""

import pytest

from steppers.arithmetic import check, statements

RIGHT = {
    "w₁ ← w₁ + η (y − ŷ) x₁ = 0.20 + 0.50 · (1 − 0) · 0.80 = 0.60": 1,
    "z = 0.10·0.50 + (−0.20)·(−0.30) + 0.05 = 0.16": 1,
    "C = (0.6606 − 1)² = 0.1152": 1,
    "½·(0.66 − 1)² = 0.0578": 1,
    "2·(0.6606 − 1) = −0.6788": 1,
    "2(0.6606 − 1) = −0.6788": 1,
    "mean: (1 + 2 + 4)/3 = 7/3 ≈ 2.33": 2,
    "so −2 + 3 = 1, and 3 + 4 = 7.": 2,
    "3 + 4 = 7 and 2·3 = 6 (a remark = 5)": 2,
    "0.5·0.00024 = 1.2·10⁻⁴": 1,
    "2·3.7·10⁻⁹ = 7.4·10⁻⁹": 1,
    "38/40 = 95 %": 1,
    "12,730 = 784·16 + 16 + 16·10 + 10": 1,
    "10 − 0.5·4 = 8.0": 1,
    "−0.5² = −0.25": 1,
    "0.666 ≈ 1": 1,
    "a\n1 + 1 = 2\n2 + 2 = 4": 2,
    "Epoch 2, target y = 1. The unit says ŷ = 1 − 0 = 1: right": 1,
}

WRONG = {
    "1 + 1 = 3": "off by 1 units",
    "0.20 + 0.50·(1 − 0)·0.80 = 0.62": "off by 2 units",
    "0.66·0.34 = 0.2222": "off by 22 units",
    "−0.15·0.62 = 0.093": "off by 186 units",
    "2.4 + 1.3 = 4": "off by 3 units",
    "2·3.7·10⁻⁹ = 7.4·10⁻⁸": "off by 66.6 units",
    "x = 1·2 = 2 and 3 + 4 = 8": "off by 1 units",
    "(0.66 − 1)² = 0.1152": "off by 4 units",
    "0.15 = 0.25": "off by 10 units",
}

SYMBOLIC = [
    "w = 0.5",
    "w2 = 0.5",
    "x·2 = 0.5",
    "x − 2 = 0.5",
    "σ(0.5) = 0.6225",
    "0.5 = 2·x",
    "0.5 = 2x",
    "a² = 0.25",
    "ŷ = 1 ≥ 0",
    "1 → 2",
    "layer 2: b = 3",
    "",
    "=",
    "1/0 = 0",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_arithmetic_passes_and_is_counted(text):
    assert check(text) == RIGHT[text]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_arithmetic_is_found(text):
    with pytest.raises(AssertionError) as caught:
        check(text)
    assert WRONG[text] in str(caught.value)


@pytest.mark.parametrize("text", SYMBOLIC)
def test_names_are_passed_over(text):
    assert statements(text) == []


def test_a_right_statement_does_not_excuse_a_wrong_one():
    with pytest.raises(AssertionError):
        check("1 + 1 = 2\n2 + 2 = 5")


def test_one_unit_of_the_last_digit_is_allowed_and_no_more():
    assert check("0.100 = 0.101") == 1
    with pytest.raises(AssertionError):
        check("0.1000 = 0.1011")
    with pytest.raises(AssertionError):
        check("0.100 = 0.1011")
