"""Where tests write: in memory, where the system lets them, since a thousand small files that are synced and removed keep a disk busy."""

import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - of the suite alone
NEEDED_OCTETS = 2_000_000_000
"""More than the whole suite writes. Containers often have 64 MB."""


def scratch() -> Path | None:
    """Return the directory in memory, None where it is too small, or its files cannot be run."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < NEEDED_OCTETS:
        return None
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        program = Path(folder) / "program"
        program.write_text("#!/bin/sh\n", encoding="utf-8")
        program.chmod(stat.S_IRWXU)
        try:
            subprocess.run([program], check=True)
        except OSError:
            return None
    return MEMORY
