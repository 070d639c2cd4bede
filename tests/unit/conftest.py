"""Settings of hypothesis: no time limit per example; under CI the same examples in every run."""

import os

from hypothesis import settings

settings.register_profile("course", deadline=None, max_examples=50)
settings.register_profile("ci", settings.get_profile("course"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "course")
