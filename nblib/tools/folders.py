"""A folder of notebooks, and a new one for what is made of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


def notebooks_in(source: Path) -> list[Path]:
    """Return the notebooks of a folder by name.

    Raises
    ------
    ValueError
        If there is none.
    """
    notebooks = sorted(source.glob("*.ipynb"))
    if not notebooks:
        raise ValueError(f"source must be a folder with notebooks, and there is none in {source}")
    return notebooks


@contextmanager
def filled(target: Path, source: Path) -> Iterator[Path]:
    """Give a folder to write to, which becomes `target` if all goes well; else nothing is left of it.

    The texts and pictures that lie beside the notebooks in `source` come along.

    Raises
    ------
    ValueError
        If `target` is there and is not an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"target must be a new or an empty folder, and {target} is not")
    with TemporaryDirectory() as folder:
        yield Path(folder)
        for path in (*source.glob("*.md"), *source.glob("*.png")):
            shutil.copy(path, folder)
        try:
            shutil.copytree(folder, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        except BaseException:  # half a folder would pass for a whole one
            shutil.rmtree(target, ignore_errors=True)
            raise
