"""The captions of the stepper of wishes: whose wish it is, the formula, and the formula with its numbers."""

from __future__ import annotations

from nblib.drawing.formula import Formula
from nblib.drawing.numbers import added, given, num, show, sub
from nblib.drawing.scene import Caption
from nblib.runs.mnist_run import HIDDEN, OUTPUT
from nblib.runs.wishes_run import WishesRecord

WEIGHT = f"w²{sub(OUTPUT)},{sub(HIDDEN)}"
QUIET = 0.1  # a wish as short as this share of the longest is next to nothing
DIGITS = 5  # decimals of a wish for one weight

_WISH = Formula(f"−{{δ²{sub(OUTPUT)}}}·{{a¹{sub(HIDDEN)}}}")
_LEFT_OVER = Formula("{‖mean‖}/{mean of ‖wish‖}")
_MOVE = Formula(f"{{{WEIGHT}}} + {{η}}·{{mean}}")
_FORMULA = f"wish = −∂C/∂{WEIGHT} = {_WISH}\nmean = sum of the wishes/their number\nleft = {_LEFT_OVER}"


def captions(record: WishesRecord, eta: float) -> list[Caption]:
    """Return a caption before the mini-batch, one for each image, and one for the step."""
    return [_start(record, eta), *(_asked(record, k) for k in range(len(record))), _step(record, eta)]


def _start(record: WishesRecord, eta: float) -> Caption:
    m = len(record)
    right = int((record.outputs.argmax(axis=1) == record.labels).sum())
    return Caption(
        f"A mini-batch of {m} images, of which the network reads {right} rightly. Each image wishes every "
        f"weight changed so that its own cost falls: by −∂C/∂w. The next {m} pages ask them one by one. The "
        f"framed weight {WEIGHT} leads from hidden neuron {HIDDEN} to the output neuron of digit {OUTPUT}.",
        _FORMULA,
        f"{WEIGHT} = {num(record.output_weights[OUTPUT, HIDDEN], 4)}, η = {show(given(eta))}",
    )


def _asked(record: WishesRecord, k: int) -> Caption:
    words = [_reading(record, k), _own(record, k), _kept(record, k)]
    return Caption(
        " ".join(words), _FORMULA, "\n".join([_wish(record, k), _mean(record, k), _left(record, k)])
    )


def _reading(record: WishesRecord, k: int) -> str:
    label, said = record.labels[k], record.outputs[k].argmax()
    way = "rightly" if label == said else f"as a {said}"
    return f"Image {k + 1} is a {label} and is read {way}."


def _own(record: WishesRecord, k: int) -> str:
    wish, length = record.for_output_weights[k, OUTPUT, HIDDEN], record.lengths[k]
    way = "grow" if wish > 0 else "shrink"
    if length < QUIET * record.lengths.max():
        return (
            f"It has next to nothing to wish for: all that it wishes has the length {num(length, 3)}. "
            f"{WEIGHT} might {way} a little."
        )
    own = "its own output" if record.labels[k] == OUTPUT else f"output {OUTPUT}, which is not its own,"
    bright = "brighter" if wish > 0 else "darker"
    return (
        f"It wants {own} {bright}, so {WEIGHT} should {way}. All its 12,730 wishes in one arrow have "
        f"the length {num(length, 3)}."
    )


def _kept(record: WishesRecord, k: int) -> str:
    if k == 0:
        return "It is the first, so the mean is its own wish."
    alone, mean = record.lengths[: k + 1].mean(), record.mean_lengths[k]
    return (
        f"Alone, the {k + 1} so far have {num(alone, 3)} on average; their mean has the length "
        f"{num(mean, 3)}. So {mean / alone:.0%} is left, and the rest cancels."
    )


def _step(record: WishesRecord, eta: float) -> Caption:
    last, weight = len(record) - 1, record.output_weights[OUTPUT, HIDDEN]
    mean = record.for_output_weights[:, OUTPUT, HIDDEN].mean()
    share = record.mean_lengths[-1] / record.lengths.mean()
    moved = _MOVE.worked(weight, given(eta), mean, result=weight + eta * mean)
    return Caption(
        f"All {len(record)} have been asked, and the step goes along their mean: every weight moves by η "
        "times what it says. What some wish and others do not want has cancelled; what they share is left, "
        f"{share:.0%} of the length of one wish.",
        f"{_FORMULA}\n{WEIGHT} ← {_MOVE}",
        "\n".join([_mean(record, last), _left(record, last), f"{WEIGHT} ← {moved}"]),
    )


def _wish(record: WishesRecord, k: int) -> str:
    delta, a = record.output_deltas[k, OUTPUT], record.hidden[k, HIDDEN]
    return f"wish = {_WISH.agreed(num(delta, DIGITS + 1), num(a, DIGITS), result=-delta * a, digits=DIGITS)}"


def _mean(record: WishesRecord, k: int) -> str:
    wishes = record.for_output_weights[: k + 1, OUTPUT, HIDDEN]
    terms = added([num(wish, DIGITS) for wish in wishes])
    return f"mean = ({terms})/{k + 1} = {num(wishes.mean(), DIGITS)}"


def _left(record: WishesRecord, k: int) -> str:
    mean, single = record.mean_lengths[k], record.lengths[: k + 1].mean()
    return f"left = {_LEFT_OVER.worked(mean, single, result=mean / single, digits=2)}"
