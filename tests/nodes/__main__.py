"""`python -m tests.nodes MINUTES`: mixed traffic on two nodes at 80 % of what they can do, with a fault each minute."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.nodes.cluster import cluster
from tests.nodes.faults import FAULTS
from tests.nodes.load import run

FAULT_SECONDS = 60.0


def main(minutes: float) -> int:
    """Return 0 where no request failed and memory did not grow."""
    with TemporaryDirectory(prefix="nodes-") as folder, cluster(Path(folder)) as place:
        report = run(place, seconds=60 * minutes, every=FAULT_SECONDS, faults=FAULTS)
    print(report.text())  # noqa: T201 - a program, not a test
    return int(bool(report.failed()) or max(report.growth()) > 1.1)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
