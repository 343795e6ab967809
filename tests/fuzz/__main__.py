"""``python -m tests.fuzz [options of libFuzzer] CORPUS…``.

Ends with status 2 where atheris or the fast engine is not installed. Nothing of the engines is imported before atheris can instrument it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec


def main() -> int:
    missing = [name for name in ("atheris", "sts_federation_core") if find_spec(name) is None]
    if missing:
        print(f"There is no {' and no '.join(missing)} here: nothing is fuzzed.", file=sys.stderr)
        return 2
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["federation.saml", "tests.twins", "tests.fuzz"]):
        comparing = import_module("tests.fuzz.comparing")

    def mutator(octets: bytes, largest: int, seed: int) -> bytes:
        rare = seed % 4 == 0  # the octets of libFuzzer itself find what no structure suggests
        return bytes(atheris.Mutate(octets, largest)) if rare else comparing.mutated(octets, largest, seed)

    atheris.Setup(sys.argv, comparing.judge, custom_mutator=mutator)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
