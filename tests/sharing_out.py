"""How a whole run of the tests is shared out to two processes."""

import re

from xdist.scheduler import LoadScopeScheduling


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
