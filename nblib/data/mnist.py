"""The MNIST digits: 60,000 handwritten digits to learn from and 10,000 to be tested on.

The whole data set ships inside the package, so nothing is downloaded.

MNIST: Yann LeCun and Corinna Cortes, CC BY-SA 3.0.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate

PATH = Path(__file__).parent / "mnist.npz"
SHA256 = "ee068f36682cba7f38bafdedc77b0f873ebbcf877036f7ebde566966146ac146"


class MNIST(NamedTuple):
    """Images as rows of 784 = 28 × 28 brightnesses (0 background, 1 ink), labels as digits."""

    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]


def load(path: str | os.PathLike[str] | None = None) -> MNIST:
    """Return the digits.

    Parameters
    ----------
    path : path, optional
        Another copy of the file; by default the one inside the package.

    Returns
    -------
    x_train : ndarray of float32, shape (60000, 784), 0 to 1
    y_train : ndarray of int64, shape (60000,), 0 to 9
    x_test : ndarray of float32, shape (10000, 784), 0 to 1
    y_test : ndarray of int64, shape (10000,), 0 to 9

    Raises
    ------
    ValueError, TypeError
        If the file is missing, or is not the one that it should be, byte for byte.
    """
    path = PATH if path is None else validate.path("path", path)
    _check(path)
    with np.load(path, allow_pickle=False) as file:
        return MNIST(
            _brightness(file["x_train"]),
            file["y_train"].astype(np.int64),
            _brightness(file["x_test"]),
            file["y_test"].astype(np.int64),
        )


def one_hot(labels: ArrayLike) -> NDArray[np.float32]:
    """Return each digit as a target vector: (n,) in, (n, 10) out, 1 at the digit's place, else 0.

    Raises
    ------
    ValueError, TypeError
        If `labels` are not whole numbers from 0 to 9, one for each example.
    """
    return np.eye(10, dtype=np.float32)[validate.labels("labels", labels, n_classes=10)]


def _brightness(images: NDArray[Any]) -> NDArray[np.float32]:
    x = images.reshape(len(images), -1).astype(np.float32)
    x /= 255
    return x


def _check(path: Path) -> None:
    remedy = "install nblib again, or copy nblib/data/mnist.npz from a fresh download of the course"
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ValueError(f"path: the MNIST file {str(path)!r} cannot be read; {remedy}") from error
    if digest != SHA256:
        raise ValueError(
            f"path: the MNIST file {str(path)!r} is damaged or another file: its SHA-256 begins with "
            f"{digest[:12]}, expected {SHA256[:12]}; {remedy}"
        )
