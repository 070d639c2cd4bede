"""The captions of a run of SGD: what happened, the formula, the formula with its numbers."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np

from nblib.drawing.numbers import factor, num, sub
from nblib.drawing.scene import Caption
from nblib.runs.mnist_run import HIDDEN, OUTPUT, SHOWN, SGDRecord

NAME = f"w²{sub(OUTPUT)},{sub(HIDDEN)}"
SLOPE = f"∂C/∂{NAME}"
_PRODUCT = f"δ²{sub(OUTPUT)} a¹{sub(HIDDEN)}"
_FORMULA = f"{SLOPE} = mean of {_PRODUCT} over the images\n{NAME} ← {NAME} − η {SLOPE}\ncos ∠ = g·G/(‖g‖·‖G‖)"


def captions(record: SGDRecord) -> list[Caption]:
    """Return the caption of each page: one before the first mini-batch, and one for each mini-batch."""
    return [_start(record), *(_caption(record, t) for t in range(len(record)))]


def _start(record: SGDRecord) -> Caption:
    m = record.labels.shape[1]
    return Caption(
        f"Before the first mini-batch. The weights are random and scaled, and {record.right[0]} of "
        f"{record.n_measured} validation images are read rightly. Each next page is one update by "
        f"{_count(m)}. Its gradient g is compared with G, the gradient over {record.n_sample:,} training "
        f"images: computing it over all {record.n_train:,} at each step would be slow.",
        _FORMULA,
        f"{NAME} = {num(record.weight[0], 4)}, η = {record.eta:.4g}",
    )


def _caption(record: SGDRecord, t: int) -> Caption:
    known = np.isfinite(record.cost) & np.isfinite(record.gradient) & np.isfinite(record.weight[1:])
    if not known[t]:
        first = int(np.argmin(known)) + 1
        return Caption(f"The cost left the scale at mini-batch {first}: η is too large.", _FORMULA)
    words = [f"Mini-batch {t + 1} of {len(record)}."]
    words += [_reading(record, t), _direction(record, t), _progress(record, t)]
    numbers = [_mean_slope(record, t), _weight_update(record, t)]
    if np.isfinite(record.angle[t]):
        numbers.append(_cosine(record, t))
    return Caption(" ".join(words), _FORMULA, "\n".join(numbers))


def _count(m: int) -> str:
    return "one image" if m == 1 else f"{m} images"


def _reading(record: SGDRecord, t: int) -> str:
    m = record.labels.shape[1]
    right = int((record.answers[t] == record.labels[t]).sum())
    cost = num(record.cost[t], 3)
    if m == 1:
        verdict = "rightly" if right else "wrongly"
        return f"Before the update the network reads its one image {verdict}, at cost {cost}."
    return f"Before the update the network reads {right} of its {m} images rightly, at mean cost {cost}."


def _direction(record: SGDRecord, t: int) -> str:
    angle = record.angle[t]
    if not np.isfinite(angle):
        return "g or G is zero to all digits, so there is no angle: the neurons are saturated."
    uphill = ": beyond 90°, so for them this step leads uphill" if angle > 90 else ""
    return f"Its gradient g is {num(angle, 0)}° off G, that over {record.n_sample:,} training images{uphill}."


def _progress(record: SGDRecord, t: int) -> str:
    before, after = record.right[t], record.right[t + 1]
    return f"Of {record.n_measured} validation images it read {before} rightly, and now reads {after}."


def _digits_for(eta: float) -> int:
    """Return how many decimals w and ∂C/∂w need, for η ∂C/∂w to be right to four decimals."""
    return 5 + max(0, ceil(log10(eta)))


def _mean_slope(record: SGDRecord, t: int) -> str:
    digits, slopes = _digits_for(record.eta), record.slopes[t]
    mean = num(record.gradient[t], digits)
    if len(slopes) == 1:
        parts = f"{num(record.deltas[t, 0], digits)}·{factor(record.activations[t, 0], digits)}"
        return f"{SLOPE} = {_PRODUCT} = {parts} = {mean}"
    if len(slopes) > SHOWN:
        return f"{SLOPE} = {num(slopes.sum(), digits)}/{len(slopes)} = {mean}"
    first, *others = slopes
    terms = "".join(f" {'−' if s < 0 else '+'} {num(abs(s), digits)}" for s in others)
    return f"{SLOPE} = ({num(first, digits)}{terms})/{len(slopes)} = {mean}"


def _weight_update(record: SGDRecord, t: int) -> str:
    digits = _digits_for(record.eta)
    step = f"{record.eta:.4g}·{factor(record.gradient[t], digits)}"
    return f"{NAME} ← {num(record.weight[t], digits)} − {step} = {num(record.weight[t + 1], 4)}"


def _cosine(record: SGDRecord, t: int) -> str:
    dot, norm, full_norm = (_significant(v[t]) for v in (record.dot, record.norm, record.full_norm))
    return f"cos ∠ = {dot}/({norm}·{full_norm}) = {num(record.cosine[t], 3)}, ∠ = {num(record.angle[t], 0)}°"


def _significant(value: float, digits: int = 5) -> str:
    return num(value, max(0, digits - 1 - floor(log10(abs(value)))) if value else 0)
