"""Run the whole suite as many years ahead, or behind, as the arguments say: `python -m tests.calendar -2 8`.

The system's calendar is shifted for every process of the run, servers and real clients among them (`shift.c`).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

YEARS: Final = (-4, 12)
"""From today, where the arguments name none."""
SECONDS_PER_YEAR: Final = 31_556_952
SOURCE: Final = Path(__file__).with_name("shift.c")


def main(years: list[int]) -> int:
    """Return 0 where the suite passes in every one of *years*, and where nothing can shift the calendar."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        print("calendar: skipped: shifting the calendar takes Linux and a C compiler (cc)")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "shift.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
        return max([suite(year, library) for year in years], default=0)


def chosen() -> str:
    """Return the markers of `make test`, and `make wide`."""
    [markers] = re.findall(r'--dist worksteal -m "([^"]+)"', (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8"))
    return str(markers).replace(" and not wide", "")


def suite(years: int, library: Path) -> int:
    """Return the status of the suite, run *years* from today."""
    environment = os.environ | {"LD_PRELOAD": str(library), "CALENDAR_SHIFT_SECONDS": str(years * SECONDS_PER_YEAR)}
    show = [sys.executable, "-c", "import datetime; print(f'calendar: the suite of {datetime.date.today()}', flush=True)"]
    subprocess.run(show, check=True, env=environment)
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", str((os.cpu_count() or 2) + 1), "--dist", "worksteal", "-m", chosen()]
    return subprocess.run(pytest, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main([int(year) for year in sys.argv[1:]] or list(YEARS)))
