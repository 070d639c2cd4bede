"""No test knows what another has solved."""

import pytest

from nblib.lessons import NOTEBOOKS


@pytest.fixture(autouse=True)
def nothing_solved_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for checks in NOTEBOOKS.values():
        for check in checks:
            monkeypatch.setattr(check, "yours", None)
