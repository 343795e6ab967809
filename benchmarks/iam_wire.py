"""What drives IAM's wire: our call records, or the service model that botocore ships (docs/adr/0032).

botocore parses responses and writes requests; a server needs the reverse. `parsed` and `rendered` are that reverse, driven by the shapes of
the model and as short as they can be: what a server that is driven by the model does at least. Neither checks patterns and longest lengths,
nor encodes documents, as we do.

    python -m benchmarks wire        time;        python -m benchmarks.iam_wire        what loading them costs
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

import botocore.session  # type: ignore[import-untyped]
from botocore.validate import ParamValidator  # type: ignore[import-untyped]

from federation.calls.record import check_parameters
from federation.iam.answer import IamAnswer, PolicyText
from federation.iam.catalogue import OPERATIONS
from federation.server.messages import Request
from federation.server.render import IAM_NAMESPACE, XML, render_result
from federation.server.wire import read_arguments, read_parameters

TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
FORM = {
    "Action": "CreateRole",
    "Version": "2010-05-08",
    "Path": "/ci/",
    "RoleName": "Deploy",
    "AssumeRolePolicyDocument": TRUST,
    "MaxSessionDuration": "7200",
    **{f"Tags.member.{n}.{part}": f"{part}-{n}" for n in range(1, 6) for part in ("Key", "Value")},
}
BODY = urlencode(FORM).encode()
HEADERS = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)
ROLE = {
    "Path": "/ci/",
    "RoleName": "Deploy",
    "RoleId": "AROAEXAMPLEEXAMPLE123",
    "Arn": "arn:aws:iam::123456789012:role/ci/Deploy",
    "CreateDate": datetime(2026, 11, 24, 12, tzinfo=UTC),
    "AssumeRolePolicyDocument": PolicyText(TRUST),
    "MaxSessionDuration": 7200,
    "Tags": [{"Key": f"Key-{n}", "Value": f"Value-{n}"} for n in range(1, 6)],
}
MEASURE = "our records: read and check"
LABELS = (MEASURE, "botocore's model: read and check", "our records: write the role", "botocore's model: write the role")


def contestants() -> dict[str, Callable[[], object]]:
    """Return both ways, inbound and outbound."""
    model = botocore.session.get_session().get_service_model("iam").operation_model("CreateRole")
    row, validator = OPERATIONS["CreateRole"], ParamValidator()
    constraints = {each.wire: each.constraint for each in row.parameters}
    answer = IamAnswer({"Role": ROLE})

    def by_records() -> None:
        parameters = read_parameters(Request("POST", "/", "", HEADERS, BODY))
        check_parameters(row.called_with(read_arguments(parameters, constraints)))

    def by_the_model() -> None:
        given = parsed(model.input_shape, dict(parse_qsl(BODY.decode())), "")
        assert not validator.validate(given, model.input_shape).has_errors()

    def written_by_us() -> None:
        render_result("CreateRole", answer.result, namespace=IAM_NAMESPACE, content_type=XML, request_id="r")

    def written_by_the_model() -> None:
        f"<CreateRoleResponse><CreateRoleResult>{rendered(model.output_shape, {'Role': ROLE})}</CreateRoleResult>".encode()

    return dict(zip(LABELS, (by_records, by_the_model, written_by_us, written_by_the_model), strict=True))


def parsed(shape: Any, form: Mapping[str, str], prefix: str) -> Any:  # noqa: ANN401 - a shape, and a value of any type
    """Return the value of *shape* in the flat parameters *form*, below *prefix*; None where it is absent."""
    if shape.type_name == "structure":
        dot = f"{prefix}." if prefix else ""
        members = {name: parsed(member, form, dot + name) for name, member in shape.members.items()}
        return {name: value for name, value in members.items() if value is not None} or None
    if shape.type_name == "list":
        found: list[Any] = []
        while (value := parsed(shape.member, form, f"{prefix}.member.{len(found) + 1}")) is not None:
            found.append(value)
        return found or None
    value = form.get(prefix)
    return int(value) if value is not None and shape.type_name == "integer" else value


def rendered(shape: Any, value: Any) -> str:  # noqa: ANN401 - a shape, and a value of any type
    """Return *value* as the content of an element of *shape*."""
    if shape.type_name == "structure":
        members = shape.members
        return "".join([f"<{name}>{rendered(members[name], inner)}</{name}>" for name, inner in value.items()])
    if shape.type_name == "list":
        return "".join([f"<member>{rendered(shape.member, each)}</member>" for each in value])
    return escape(value.isoformat() if shape.type_name == "timestamp" else str(value))


_LOADING = """
import os, time
from pathlib import Path
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
{first}
before, start = resident(), time.process_time()
{load}
print((time.process_time() - start) * 1000, (resident() - before) / 2**20)
"""
_WITH_A_MODEL = "import botocore.session; session = botocore.session.get_session()"
_MODEL = "model = session.get_service_model('iam'); [model.operation_model(name).input_shape for name in model.operation_names]"
_LOADS = {
    "botocore and its model of IAM, beside the server": ("import federation.server.endpoint", f"{_WITH_A_MODEL}; {_MODEL}"),
    "its model alone": (f"import federation.server.endpoint; {_WITH_A_MODEL}", _MODEL),
    "our operations of IAM with their records": (
        "import federation.sts.service, federation.server.wire, federation.account.live",
        "import federation.iam.service",
    ),
}


def loading() -> dict[str, tuple[float, float]]:
    """Return milliseconds of processor time and MiB of memory that a server process pays (Linux)."""
    return {name: _loaded(first, load) for name, (first, load) in _LOADS.items()}


def _loaded(first: str, load: str) -> tuple[float, float]:
    script = _LOADING.format(first=first, load=load)
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1])


def main() -> None:
    for name, (milliseconds, mebibytes) in loading().items():
        print(f"{milliseconds:7.0f} ms {mebibytes:5.1f} MiB  {name}")


if __name__ == "__main__":
    main()
