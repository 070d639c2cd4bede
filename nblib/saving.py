"""A network in a file: an .npz of plain arrays, never a pickle."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from nblib.data import npz

if TYPE_CHECKING:
    from nblib.network import Network

_FORMAT = "nblib network 1"
_UNFIT = (KeyError, IndexError, ValueError, TypeError)


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network to exactly `path`, whole or not at all.

    Raises
    ------
    ValueError, TypeError
        If the network holds what `load` would refuse, as one that has blown up does, or `path` names no file.
    OSError
        If the file cannot be written: the disk is full, or the folder may not be changed.
    """
    from nblib.network import Network

    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {type(network).__name__}")
    content = {
        "format": np.array(_FORMAT),
        "sizes": np.array(network.sizes),
        "activation": np.array(network.activation.name),
        "output": np.array(network.output.name),
        "cost": np.array(network.cost_function.name),
    }
    for l, (w, b) in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        content |= {f"weights_{l}": np.asarray(w, network.dtype), f"biases_{l}": np.asarray(b, network.dtype)}
    try:
        _network(Network, content)
    except _UNFIT as error:
        raise ValueError(f"network must be one that can be loaded again, got {network}: {error}") from error
    npz.write(path, content)


def load(kind: type[Network], path: str | os.PathLike[str]) -> Network:
    """Return the network of this `kind` that `save` wrote to `path`.

    Raises
    ------
    ValueError, TypeError
        If there is no such file, or it is damaged, or was not written by `save`.
    """
    remedy = "write it with network.save(path), or take another copy"
    content = npz.read(path, remedy)
    try:
        return _network(kind, content)
    except _UNFIT as error:
        raise ValueError(f"path: {str(path)!r} is no network saved by nblib ({error}); {remedy}") from error


def _network(kind: type[Network], content: dict[str, Any]) -> Network:
    """Return the network that these arrays describe: the one door, before writing and after reading."""
    if content["format"] != _FORMAT:
        raise ValueError(f"format {content['format']}")
    n_layers = len(content["sizes"])
    weights, biases = ([content[f"{part}_{l}"] for l in range(1, n_layers)] for part in ("weights", "biases"))
    names = str(content["activation"]), str(content["cost"])
    numbers, output = weights[0].dtype, str(content["output"])
    network = kind(content["sizes"].tolist(), *names, dtype=numbers, output=output)
    network.set_parameters(weights, biases)
    return network
