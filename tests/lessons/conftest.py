"""No test knows what another has solved."""

import pytest

from nblib.lessons.exercise import NOTEBOOKS


@pytest.fixture(autouse=True)
def nothing_solved_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    import nblib.check  # noqa: F401  registers the exercises

    for checks in NOTEBOOKS.values():
        for check in checks:
            monkeypatch.setattr(check, "yours", None)
