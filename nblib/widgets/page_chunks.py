"""Pages of the playground on their way to the browser: packed without loss to about two thirds of their size.

From page to page the numbers change little. So what is sent are the differences of their bits, all first
bytes together, then all second ones, and so on, compressed. `unpacked` in run_pages.js undoes it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def packed(parameters: NDArray[np.float32], rows: Sequence[NDArray[np.integer]]) -> bytes:
    """Return pages as bytes.

    Parameters
    ----------
    parameters : ndarray of float32, shape (pages, n)
        The parameters of each page.
    rows : sequence of ndarray of int
        The points of the mini-batches that led to these pages, each a number below 256.
    """
    bits = np.ascontiguousarray(parameters, "<f4").view("<u4")
    differences = bits - np.vstack([np.zeros_like(bits[:1]), bits[:-1]])  # modulo 2³²
    planes = differences.reshape(-1, 1).view(np.uint8).T
    seen = np.concatenate([np.empty(0, np.uint8), *rows]).astype(np.uint8)
    return zlib.compress(planes.tobytes() + seen.tobytes(), 6)
