"""Arrays in an .npz file: written whole or not at all, read without pickle."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What NumPy raises for files that are cut short, changed, or no .npz at all.
_DAMAGE = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    AttributeError,
    TypeError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def write(path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the named arrays to exactly `path`; whatever stood there stays until all is written."""
    path = Path(path)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        with open(unfinished, "wb") as file:
            np.savez(file, **arrays)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def read(path: str | os.PathLike[str], remedy: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of the file by name.

    Raises
    ------
    ValueError
        If the file is missing, damaged or of another kind; the message ends with the `remedy`.
    """
    try:
        # Opened here, so that it is closed here: np.load leaves a damaged file open.
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            if file.zip.testzip() is not None:  # np.load reads no further than an array's header says
                raise ValueError("a checksum is wrong")
            return {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise ValueError(f"path: there is no file {str(path)!r}; {remedy}") from error
    except _DAMAGE as error:
        raise ValueError(f"path: {str(path)!r} is damaged or no .npz file; {remedy}") from error
