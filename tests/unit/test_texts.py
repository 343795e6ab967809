"""What AWS says in a situation is written once: a text stands in one place, and whoever needs it names that place."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import federation

HOUSE = Path(federation.__file__).parent
TEXTS = ("text", "message", "aws_message")
"""Under these names a refusal is given what AWS says: the attribute of a class of errors, and the argument of a refusal."""


def texts(node: ast.expr) -> Iterator[str]:
    """The texts in an expression, what is filled in at run time left open; parts of a longer text are not texts of their own."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=body, orelse=other):
            yield from (*texts(body), *texts(other))
        case _:
            return


def written() -> dict[str, list[str]]:
    """Every text that AWS sends to where it is written."""
    found = defaultdict(list)
    for path in sorted(HOUSE.rglob("*.py")):
        tree, place = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(HOUSE).as_posix()
        home = path.parent == HOUSE / "aws_texts"
        for node in ast.walk(tree):
            values: list[ast.expr | None] = []
            if isinstance(node, ast.Call) and not place.startswith("cli/"):
                values += [keyword.value for keyword in node.keywords if keyword.arg in TEXTS]
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if home or (place == "errors.py" and any(ast.unparse(target) == "text" for target in targets)):
                    values.append(node.value)
            for value in filter(None, values):
                for text in texts(value):
                    found[text].append(f"{place}:{value.lineno}")
    return found


def test_a_text_of_aws_is_written_once() -> None:
    found = written()
    assert len(found) > 90
    assert {text: places for text, places in found.items() if len(places) > 1 and text != ""} == {}
