"""How a whole run of the tests is shared out: to two processes, and no notebook is run for the same twice."""

import re
from collections.abc import Iterable

from xdist.scheduler import LoadScopeScheduling

IN_LAB = "tests/browser/test_run_all.py::test_run_all"


def share(test: str) -> str:
    """Return the name of what one process does in one go: a file, or what a file has for one notebook.

    Examples
    --------
    >>> share("tests/unit/test_costs.py::test_names[quadratic]")
    'tests/unit/test_costs.py'
    >>> share("tests/browser/test_run_all.py::test_run_all[03_sigmoid]")
    'tests/browser/test_run_all.py 03_sigmoid'
    """
    file, _, name = test.partition("::")
    notebook = re.search(r"\[(\d\d\w?_\w+)", name)
    return f"{file} {notebook[1]}" if notebook else file


class ByNotebook(LoadScopeScheduling):
    """Gives each process one `share` after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid)


def compared_in_lab(tests: Iterable[str]) -> set[str]:
    """Return the notebooks that are run in JupyterLab, and compared there with their files as nbval does it.

    Examples
    --------
    >>> compared_in_lab([f"{IN_LAB}[03_sigmoid]", "tests/unit/test_costs.py::test_names"])
    {'notebooks/03_sigmoid.ipynb'}
    """
    found = (re.fullmatch(rf"{re.escape(IN_LAB)}\[(\w+)\]", test) for test in tests)
    return {f"notebooks/{notebook[1]}.ipynb" for notebook in found if notebook}
