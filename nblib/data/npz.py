"""Arrays in an .npz file: written whole or not at all, read without pickle."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nblib import validate

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
    """Write the named arrays to exactly `path`; whatever stood there stays until all is written.

    Raises
    ------
    ValueError, TypeError
        If `path` names no file, or one in a folder that is not there.
    OSError
        If the file cannot be written: the disk is full, or the folder may not be changed.
    """
    target = validate.path("path", path)
    if os.path.isdir(target):
        raise ValueError(f"path must name a file, and {str(path)!r} is a folder: name a file in it")
    if not os.path.isdir(target.parent):
        raise ValueError(f"path: there is no folder {str(target.parent)!r} to write {target.name!r} into")
    unfinished = target.with_name(f".{os.getpid()}-{id(arrays):x}.unfinished")
    try:
        with open(unfinished, "wb") as file:
            np.savez(file, **arrays)
        os.replace(unfinished, target)
    except OSError as error:
        trouble = f"cannot be written ({error.strerror or error}); it is as it was before"
        raise type(error)(f"path: {str(path)!r} {trouble}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def read(path: str | os.PathLike[str], remedy: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of the file by name.

    Raises
    ------
    ValueError, TypeError
        If the file is missing, damaged or of another kind; the message ends with the `remedy`.
    """
    source = validate.path("path", path)
    try:
        # Opened here, so that it is closed here: np.load leaves a damaged file open.
        with open(source, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            if file.zip.testzip() is not None:  # np.load reads no further than an array's header says
                raise ValueError("a checksum is wrong")
            return {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise ValueError(f"path: there is no file {str(path)!r}; {remedy}") from error
    except _DAMAGE as error:
        if os.path.isdir(source):
            trouble = "is a folder, not a file"
        elif isinstance(error, PermissionError):
            trouble = "is a file that you may not read"
        else:
            trouble = "is damaged or no .npz file"
        raise ValueError(f"path: {str(path)!r} {trouble}; {remedy}") from error
