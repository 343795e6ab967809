"""Records of logins: the service's own are judged as the service judged; any octets are read, or are a finding."""

import io
import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from federation.errors import FederationError
from federation.evidence.cloudtrail.explaining import explain_event
from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
from federation.evidence.cloudtrail.login_record import LoginRecord, read_record
from federation.evidence.cloudtrail.reading import read_logins
from federation.evidence.cloudtrail.scanning import CutObject, cut_objects
from federation.evidence.cloudtrail.verdict import judge_login
from federation.state import AuditEvent
from tests.support.events import account, event, octets
from tests.support.oidc import AT
from tests.support.sts.web_identity import NAME, World, mint, trust

SUBJECTS = st.sampled_from(["a", "b", "a:b"])
AUDIENCES = st.sampled_from(["client-a", ["client-a"]])
CLAIMS = st.fixed_dictionaries(
    {"sub": SUBJECTS, "audience": AUDIENCES},
    optional={
        "azp": st.just("client-a"),
        "amr": st.lists(SUBJECTS, min_size=1, max_size=2),
        "https://aws.amazon.com/source_identity": st.just("alice"),
        "https://aws.amazon.com/tags": st.just({"principal_tags": {"team": ["a"]}, "transitive_tag_keys": ["team"]}),
    },
)
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringNotLike",
    "StringEqualsIfExists",
)
KEYS = (
    f"{NAME}:sub",
    f"{NAME}:aud",
    f"{NAME}:oaud",
    f"{NAME}:amr",
    "sts:RoleSessionName",
    "aws:RequestTag/team",
    "aws:TagKeys",
    "sts:SourceIdentity",
)
CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(
        st.sampled_from(KEYS),
        st.lists(st.sampled_from(["a", "a*", "alice", "client-a", "team", "job-7"]), min_size=1, max_size=2),
        max_size=2,
    ),
    max_size=2,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CLAIMS, CONDITIONS)
def test_the_records_of_the_service_are_judged_as_the_service_judged(claims: dict[str, Any], condition: Any) -> None:
    events: list[AuditEvent] = []

    class Sink:
        def record(self, event: AuditEvent) -> None:
            events.append(event)

    world = World(trust_policy=trust(condition=condition), service={"audit": Sink()})
    try:
        world.assume(mint(**claims))
        granted = True
    except FederationError as refusal:
        granted = False
        if refusal.check != "trust-policy":
            return
    (made,) = events
    record = read_record(json.dumps(made.as_dict()).encode())
    assert record is not None
    assert record.granted is granted
    verdict = judge_login(record, world.sts.account)
    assert verdict.allowed in (granted, None)
    if verdict.allowed is None:
        assert {key for each in verdict.undecided for key in each.unknown} <= {f"{NAME}:oaud", f"{NAME}:amr"}
    explained = explain_event(record, world.sts.account)
    assert explained.granted is verdict.allowed
    assert (explained.explanation is None) == (verdict.allowed is not False)
    json.dumps(explained.as_dict())
    assert AT.replace(microsecond=0) == record.time


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from([*event("saml"), "errorCode", "errorMessage", "vpcEndpointId"])
CHANGED = st.dictionaries(MEMBERS, VALUES, max_size=3)


@given(
    st.sampled_from(["refused", "granted", "saml"]),
    CHANGED,
    st.dictionaries(
        st.sampled_from(["userIdentity", "requestParameters", "responseElements"]), st.tuples(st.text(max_size=8), VALUES), max_size=2
    ),
)
def test_any_members(name: str, members: dict[str, Any], inner: dict[str, tuple[str, Any]]) -> None:
    made = {**event(name), **members}
    for part, (member, value) in inner.items():
        if isinstance(made.get(part), dict):
            made[part] = {**made[part], member: value}
    for found in read_logins(["-"], standard_input=io.BytesIO(octets({"Records": [made, event("granted")]}))):
        assert isinstance(found, LoginRecord | RecordFault | PassedEvents)
        if isinstance(found, LoginRecord):
            explained = explain_event(found, account())
            json.dumps(explained.as_dict())


@example(b'{"Records":[' + b"[" * 1_000)
@example(b'{"Records":[{"eventVersion":"' + b"\\" * 999)
@given(
    st.lists(
        st.binary(max_size=8) | st.sampled_from([b"{", b"}", b'"', b"[", b"]", b",", b":", b'{"Records":[', b"\n", b"\\", octets(event())])
    ).map(b"".join)
)
def test_any_octets(content: bytes) -> None:
    found = list(read_logins(["-"], standard_input=io.BytesIO(content)))
    assert all(isinstance(each, LoginRecord | RecordFault | PassedEvents) for each in found)


OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=4)


@given(st.lists(OBJECTS, max_size=4), st.sampled_from(["list", "records", "lines", "pretty", "joined"]))
def test_every_object_is_found_as_it_is(objects: list[dict[str, Any]], form: str) -> None:
    objects = [{"eventVersion": "1", **each} for each in objects]
    whole = {
        "list": json.dumps(objects),
        "records": json.dumps({"Records": objects}, ensure_ascii=False),
        "lines": "\n".join(map(json.dumps, objects)),
        "pretty": json.dumps({"Events": objects}, indent=2),
        "joined": "".join(json.dumps({"Records": [each]}) for each in objects),
    }[form]
    cut = list(cut_objects(io.BytesIO(whole.encode("utf-8", "surrogatepass"))))
    assert [json.loads(each.octets.decode("utf-8", "surrogatepass")) for each in cut if isinstance(each, CutObject)] == objects
