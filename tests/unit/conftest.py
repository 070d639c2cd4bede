"""Settings of hypothesis: no time limit per example; under CI the same examples in every run."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

settings.register_profile("course", deadline=None, max_examples=50)
settings.register_profile("ci", settings.get_profile("course"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "course")


@pytest.fixture
def two_blas_threads() -> Iterator[None]:
    """NumPy as it is outside of the tests, where nobody has held it to one thread."""
    with threadpool_limits(2, user_api="blas"):
        yield
