"""The workbench: an account under test, with a clock that tests set, snapshots, minted tokens, and the last calls explained.

It is the engine of ``serve --test-control`` and of the pytest fixture.
"""

from federation.testing.workbench.minted import Minted
from federation.testing.workbench.moving import MovableClock
from federation.testing.workbench.shelf import DirectoryShelf, MemoryShelf, Shelf
from federation.testing.workbench.workbench import START, Workbench

__all__ = ["START", "DirectoryShelf", "MemoryShelf", "Minted", "MovableClock", "Shelf", "Workbench"]
