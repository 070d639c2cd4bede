"""What is measured beside what: an older nblib beside this one, and each kind of kernels after the other."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import ModuleType

from training_contenders import Contender, Data, Nblib

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def older(revision: str) -> Iterator[type[Contender]]:
    """Give the contender that trains as nblib did at a commit, checked out in a temporary folder."""
    archive = subprocess.run(
        ["git", "archive", revision, "nblib"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        package = _imported(Path(folder))

        class Older(Nblib):
            """Plain SGD by the older package."""

            name = f"nblib at {revision}"
            knows_modern = False

            def prepare(self, data: Data) -> None:
                plan = self.plan
                self.network = package.Network(plan.sizes, init="scaled", seed=plan.seed)
                few = data.x_train[:1], data.y_train[:1]  # the sixth argument, whatever it was called
                self.records = self.network.sgd(
                    data.x_train, data.y_train, plan.epochs, plan.mini_batch, plan.eta, few, plan.seed
                )

        yield Older


def _imported(folder: Path) -> ModuleType:
    """Import the nblib that lies in a folder, and leave the one that is imported already in its place."""
    kept = _forgotten()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("nblib")
    finally:
        sys.path.remove(str(folder))
        _forgotten()
        sys.modules.update(kept)


def _forgotten() -> Mapping[str, ModuleType]:
    """Take all modules of nblib out of those that are imported, and return them."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "nblib"}


# What keeps each contender to the instructions of such a processor, where this one knows more.
_KEPT_TO = {
    "Haswell": {
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",  # NumPy's own loops
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",  # JAX
        "ATEN_CPU_CAPABILITY": "avx2",  # PyTorch, and the libraries of products beneath it
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "DNNL_MAX_CPU_ISA": "AVX2",
    }
}


def with_each_kind_of_kernels(program: str, kinds: Sequence[str], arguments: list[str]) -> None:
    """Run a program once for each kind: OpenBLAS chooses its kernels when NumPy is imported.

    What else learns there is kept to the same instructions, or a processor with AVX-512 would favour it.
    """
    first = arguments.index("--kernels")
    rest = arguments[:first] + arguments[first + 1 + len(kinds) :]
    for kind in kinds:
        environment = os.environ | {"OPENBLAS_CORETYPE": kind} | _KEPT_TO.get(kind, {})
        subprocess.run([sys.executable, program, *rest], env=environment, check=True)
