"""A pad to draw a digit on, and what a network makes of it while it is drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from math import isfinite
from os import PathLike
from typing import Any, BinaryIO

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from nblib import validate
from nblib.drawing import reading_picture
from nblib.drawing.picture import Picture
from nblib.handwriting import THICKNESS, as_mnist, from_file, ink
from nblib.handwriting.reader import Reader, Reading
from nblib.network import Network
from nblib.widgets.still import HERE, StillWidget, styles

BLANK = "Nothing is drawn yet."


class DigitPad(StillWidget):
    """A pad for mouse, finger, pen and keyboard, and the network's answer beside it.

    What is drawn is centred by mass and scaled as MNIST's digits were. Shown are the image that the
    network sees, its ten outputs, its hidden activations, and the images nearest to the drawing.

    Parameters
    ----------
    network : Network
        From 784 pixels to ten digits.
    x_train, y_train : array_like, shapes (n, 784) and (n,), optional
        Images and labels in which the nearest two are looked for.
    thickness : float
        Of the pen, as a part of the side of the pad.

    Attributes
    ----------
    strokes : list
        What is drawn: each stroke a list of places [x, y] from 0 to 1, y downwards. Browsers send
        theirs; each gets what a cell or another window has drawn together with the answer to it.

    Raises
    ------
    ValueError
        If the network or the images do not fit.
    """

    _esm = HERE / "digit_pad.js"
    _css = styles("stepper.css", "digit_pad.css")
    strokes = traitlets.List()
    answer = traitlets.Dict().tag(sync=True)
    thickness = traitlets.Float(THICKNESS).tag(sync=True)

    def __init__(
        self,
        network: Network,
        x_train: ArrayLike | None = None,
        y_train: ArrayLike | None = None,
        thickness: float = THICKNESS,
    ) -> None:
        self._reader = Reader(network, x_train, y_train, ("x_train", "y_train"))
        self._reading: Reading | None = None
        self._window = ""  # in which one draws; none where it is a cell
        thickness = validate.positive("thickness", thickness)
        super().__init__(thickness=thickness, answer=self._said(1, words=BLANK, points=0))
        self.observe(lambda change: self._answer_to(change["new"]), "strokes")
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return f"[DigitPad: draw a digit for the network {self._reader.network.architecture}]"

    # -- from a cell --------------------------------------------------------------------------------

    @property
    def reading(self) -> Reading | None:
        """What the network makes of the drawing or the file; None while nothing is drawn."""
        return self._reading

    def draw(self, strokes: Sequence[ArrayLike]) -> None:
        """Draw in place of what is there: each stroke an array of places, shape (n, 2), 0 to 1."""
        before, self.strokes = self.strokes, list(strokes)
        if self.strokes == before:
            self._answer_to(before)  # a file may stand there

    def undo(self) -> None:
        """Take the last stroke away."""
        self.draw(self.strokes[:-1])

    def clear(self) -> None:
        """Take everything away."""
        self.draw([])

    def open_picture(self, path: str | PathLike[str] | BinaryIO) -> None:
        """Show a picture of a digit from disk in place of what is drawn; see `handwriting.from_file`."""
        image = as_mnist(from_file(path))
        with self.hold_sync():
            self.clear()
            self._show(image, 0)

    @traitlets.validate("strokes")
    def _check(self, proposal: Any) -> list[Any]:
        return _places(proposal["value"])

    @traitlets.validate("thickness")
    def _check_thickness(self, proposal: Any) -> float:
        return validate.positive("thickness", proposal["value"])

    # -- the answer ---------------------------------------------------------------------------------

    def _answer_to(self, strokes: Sequence[ArrayLike]) -> None:
        drawn = ink(strokes, self.thickness)
        if drawn.any():
            self._show(as_mnist(drawn), sum(map(len, strokes)))
        else:
            self._reading = None
            self._say(words=BLANK, points=sum(map(len, strokes)))

    def _show(self, image: NDArray[np.float32], n_points: int) -> None:
        """Have an image read; `n_points` tells the browser how much of the drawing it shows."""
        reading = self._reading = self._reader.read(image)
        self._say(
            words=_sentence(reading),
            points=n_points,
            answer=reading.answer,
            outputs=_rounded(reading.outputs),
            hidden=[_rounded(layer) for layer in reading.hidden],
            seen=_bytes(reading.image),
            labels=reading.labels.tolist(),
            nearest=_bytes(reading.nearest),
        )

    def _say(self, **answer: Any) -> None:
        """Send an answer with the strokes it is about, numbered: the browser waits for each."""
        self.answer = self._said(self.answer["number"] + 1, **answer)

    def _said(self, number: int, **answer: Any) -> dict[str, Any]:
        return answer | {"number": number, "strokes": self.strokes, "window": self._window}

    def _hear(self, _: Any, content: Mapping[str, Any], buffers: Sequence[memoryview]) -> None:
        """Take a drawing or a file from the browser; one that holds neither keeps the line awake."""
        if (drawn := content.get("strokes")) is not None:
            self._window = content.get("window", "")
            try:
                self.draw(drawn)
            finally:
                self._window = ""
            return
        if "file" not in content:
            return
        file = io.BytesIO(bytes(buffers[0]))
        file.name = content["file"]
        try:
            self.open_picture(file)
            self.send({"said": f"{file.name} is shown."})
        except ValueError as error:
            self.send({"said": f"{str(error).removeprefix('path: ')}."})

    # -- without a kernel ---------------------------------------------------------------------------

    def picture(self) -> Picture:
        """Return the drawing and the answer as a still picture."""
        sheet = ink(self.strokes, self.thickness) if self.strokes or not self._reading else None
        return reading_picture.picture(sheet, self._reading)


def _places(strokes: Sequence[ArrayLike]) -> list[list[list[float]]]:
    """Return strokes as the browser knows them; raise ValueError or TypeError if they are none."""
    drawn = []
    for i, stroke in enumerate(strokes):
        points = validate.rows(f"strokes[{i}]", stroke, 2, of="coordinates", one="place")
        if points.min() < 0 or points.max() > 1:
            raise ValueError(
                f"strokes[{i}] must lie on the pad, from 0 to 1, got {points.min():g} to {points.max():g}"
            )
        drawn.append(np.round(points, 4).tolist())
    return drawn


def _sentence(reading: Reading) -> str:
    return reading.words[0].upper() + reading.words[1:] + "."


def _rounded(values: NDArray[Any]) -> list[float | None]:
    return [round(value, 3) if isfinite(value) else None for value in values.tolist()]


def _bytes(images: NDArray[Any]) -> bytes:
    return np.round(255 * np.clip(images, 0, 1)).astype(np.uint8).tobytes()
