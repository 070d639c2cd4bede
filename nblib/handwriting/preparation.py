"""Ink made into an image as MNIST has them, and images read from files.

The digits of MNIST were scaled so that the longer side fills a box of 20 pixels, with smooth edges, and
then placed so that their centre of mass lies in the middle of 28 × 28 pixels. A network that has learned
from them knows nothing else: whatever it is to read must be made in the same way.

References
----------
Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits". In the file itself the
longer side is 20 pixels for 59,987 of the 60,000 training digits, and the centre of mass of every one
lies at most 0.52 pixels off row 14 and column 14, counted from 0.
"""

from __future__ import annotations

import os
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nblib import validate

BOX, SIDE, MIDDLE = 20, 28, 14
"""Pixels of the digit's longer side, of the image's side, and where the centre of mass belongs."""

CENTRES = ("mass", "box")

_MOST_PIXELS = 50_000_000
_FINE = 400  # longer side at which a file is looked at
_LEAST_CONTRAST = 0.1
_FAINT = 0.25  # below this part of the greatest contrast it is the grain of the paper


def as_mnist(ink: ArrayLike, centre: str = "mass") -> NDArray[np.float32]:
    """Return a drawing as MNIST would have it.

    Parameters
    ----------
    ink : array_like, shape (height, width)
        0 is paper, and the more, the more ink: booleans, 0 to 1, or 0 to 255.
    centre : {"mass", "box"}
        What is put in the middle: the digit's centre of mass, as in MNIST, or its box.

    Returns
    -------
    ndarray of float32, shape (784,), 0 to 1
        The darkest pixel is 1, as in MNIST. A digit that reaches far from its centre of mass is
        moved back until all of it is inside.

    Raises
    ------
    ValueError
        If there is no ink at all, or less than none.
    """
    ink = _ink(ink)
    validate.one_of("centre", centre, CENTRES)
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        raise ValueError("ink must hold some ink, got an empty sheet: nothing is drawn")
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(1, round(BOX * side / max(ink.shape))) for side in ink.shape)
    digit = _resized(ink, height, width)
    middle = _centre_of_mass(digit) if centre == "mass" else (np.array(digit.shape) - 1) / 2 + 0.5
    top, left = np.clip(np.round(MIDDLE - middle), 0, SIDE - np.array(digit.shape)).astype(int)
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = digit / digit.max()
    return image.reshape(-1)


def shrink(ink: ArrayLike) -> NDArray[np.float32]:
    """Return the whole sheet as 28 × 28 pixels, the digit left as large as it is and where it is.

    Parameters and result are as for `as_mnist`. It shows what a network makes of digits that are not
    prepared as its training images were; an empty sheet stays empty.

    Raises
    ------
    ValueError, TypeError
        If `ink` is not as described.
    """
    image = _resized(_ink(ink), SIDE, SIDE)
    return (image / (image.max() or 1)).astype(np.float32).reshape(-1)


def from_file(path: str | os.PathLike[str] | BinaryIO) -> NDArray[np.float32]:
    """Return the ink in a picture: a scan, a photograph, a drawing. Give it to `as_mnist`.

    The rim of the picture tells the paper, so it may be dark on light or light on dark; what is
    transparent is paper. Faint grain is taken away.

    Parameters
    ----------
    path : path, or file open for reading bytes
        PNG, JPEG, GIF, BMP, WebP or TIFF.

    Returns
    -------
    ndarray of float32, shape (height, width), 0 to 1
        At most 400 pixels high and wide.

    Raises
    ------
    ValueError
        If there is no such file, it is no picture, is damaged or too large, or shows nothing.
    """
    if not isinstance(path, (str, os.PathLike)) and not hasattr(path, "read"):
        raise TypeError(f"path must be a path or a file open for reading bytes, got {type(path).__name__}")
    name = repr(str(path if isinstance(path, (str, os.PathLike)) else getattr(path, "name", "file")))
    grey = _grey(path, name)
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.median(rim)
    contrast = max(paper - grey, grey - paper, key=np.max)  # dark on light, or light on dark
    if contrast.max() < _LEAST_CONTRAST:
        raise ValueError(f"path: {name} shows nothing that stands out from its rim: no digit is to be seen")
    ink = (contrast / contrast.max() - _FAINT) / (1 - _FAINT)
    return np.clip(ink, 0, 1).astype(np.float32)


def _ink(ink: ArrayLike) -> NDArray[np.float64]:
    """Return ink as numbers from 0 to 1."""
    ink = validate.finite("ink", ink)
    if ink.ndim != 2 or not ink.size:
        raise ValueError(f"ink must be 2-D, shape (height, width), got shape {ink.shape}")
    if ink.min() < 0:
        raise ValueError(f"ink must be 0 (paper) or more, got {ink.min():g}")
    return ink / (ink.max() or 1)


def _resized(image: NDArray[np.float64], height: int, width: int) -> NDArray[np.float32]:
    """Return an image in another size: a mean where it gets smaller, a straight line where it gets larger."""
    from PIL import Image

    resized = Image.fromarray(image.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized)


def _centre_of_mass(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean row and the mean column of the ink, counted from 0, to a ten-thousandth of a pixel.

    Half way between two pixels, as in an upright 1, the last digits of the sums are not to choose one.
    """
    places = (image.sum(axis=axis) @ np.arange(image.shape[1 - axis]) for axis in (1, 0))
    return np.round(np.array(list(places)) / image.sum(), 4)


def _grey(path: Any, name: str) -> NDArray[np.float32]:
    """Return a picture as brightness, 0 black to 1 white, not larger than needed."""
    from PIL import Image, UnidentifiedImageError

    remedy = "give a PNG or JPEG picture of one digit"
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            upright = _upright(picture) if width * height <= _MOST_PIXELS else None
    except FileNotFoundError as error:
        raise ValueError(f"path: there is no file {name}") from error
    except Image.DecompressionBombError as error:
        raise ValueError(f"path: {name} has far too many pixels; make it smaller") from error
    except UnidentifiedImageError as error:
        raise ValueError(f"path: {name} is not a picture that can be read; {remedy}") from error
    except Exception as error:  # what Pillow's readers raise for a damaged file is of many kinds
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"path: {name} cannot be read, it may be damaged ({reason}); {remedy}") from error
    if upright is None:
        raise ValueError(
            f"path: {name} has {width} × {height} pixels, more than {_MOST_PIXELS:,}; make it smaller"
        )
    upright.thumbnail((_FINE, _FINE))
    for paper in ("white", "black"):  # below what is transparent; white ink shows on black only
        laid = Image.alpha_composite(Image.new("RGBA", upright.size, paper), upright).convert("L")
        grey = np.asarray(laid, np.float32) / 255
        if np.ptp(grey) >= _LEAST_CONTRAST:
            break
    return grey


def _upright(picture: Any) -> Any:
    """Return a picture as red, green, blue and opacity, not much larger than needed, the right way up."""
    from PIL import Image, ImageOps

    picture.thumbnail((4 * _FINE, 4 * _FINE))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16 bits a pixel: Pillow would cut off, not scale
        upright = Image.fromarray((np.clip(np.asarray(upright), 0, 65535) >> 8).astype(np.uint8))
    return upright.convert("RGBA")
