"""docs/scale.md names tests and targets that there are."""

import re

from tests.support.paths import REPOSITORY

PAGE = (REPOSITORY / "docs" / "scale.md").read_text(encoding="utf-8")


def test_every_test_is_there() -> None:
    named = set(re.findall(r"tests/[\w/.]+\.py", PAGE))
    assert len(named) > 5
    assert [path for path in sorted(named) if not (REPOSITORY / path).is_file()] == []


def test_every_target_is_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make ([\w-]+)", PAGE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_function_is_there() -> None:
    nodes = (REPOSITORY / "tests" / "nodes" / "test_nodes.py").read_text(encoding="utf-8")
    for name in re.findall(r"`(test_\w+)`", PAGE):
        assert f"def {name}(" in nodes, name
