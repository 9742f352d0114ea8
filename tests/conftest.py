"""What every test relies on."""

from __future__ import annotations

from hypothesis import settings

# how long an example takes is for benchmarks to tell: a loaded machine must not fail a test
settings.register_profile("groundsys", deadline=None)
settings.load_profile("groundsys")
