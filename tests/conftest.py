"""What every test of the suite shares."""

from hypothesis import settings

# How long an example takes says more about the machine than about the code; growth has tests of its own.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
