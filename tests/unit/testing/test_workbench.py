"""The workbench: tokens that the account believes, its clock, snapshots, and the last calls."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import SecurityTokenService, clock
from federation.account import add_role, load_account
from federation.account.live import LiveAccount
from federation.account.snapshot import signature_of
from federation.account.writing.roles import delete_role
from federation.errors import (
    AccessDenied,
    AccountFault,
    FederationError,
    IDPCommunicationError,
    IDPRejectedClaim,
    NoSuchEntity,
    RegistrationError,
    ValidationError,
)
from federation.iam.service import IdentityAndAccessManagement
from federation.oidc.inspection import inspect_token
from federation.state import MemoryState
from federation.testing import OIDC_SHAPES, SHAPES, OidcForge, TokenKey
from federation.testing.workbench import DirectoryShelf, MemoryShelf, Shelf, Workbench
from tests.support.workbench import CLUSTER, GITHUB, ROLE, Bench, made, oidc_trust, trust
from tests.support.world import ACCOUNT, ISSUED

MAIN: dict[str, Any] = {"shape": "github", "algorithm": "ES256", "subject": "repo:acme/app:ref:refs/heads/main"}
SAML_ARN = f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(made(tmp_path / "account"))


def test_a_minted_token_is_believed_because_its_key_is_registered(bench: Bench) -> None:
    minted = bench.bench.oidc.mint(**MAIN)
    assert minted.provider_arn == f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    assert (minted.issuer, minted.subject) == (GITHUB, "repo:acme/app:ref:refs/heads/main")
    assert minted.token not in repr(minted)
    assert bench.login(minted.token).subject == "repo:acme/app:ref:refs/heads/main"
    before = signature_of(bench.path)
    assert bench.login(bench.bench.oidc.mint(**MAIN).token).audience == "sts.amazonaws.com"
    assert signature_of(bench.path) == before  # the key is registered once


def test_a_wrong_branch_is_refused_and_its_event_explained(bench: Bench) -> None:
    minted = bench.bench.oidc.mint(shape="github", subject="repo:acme/app:ref:refs/heads/feature")
    with pytest.raises(AccessDenied):
        bench.login(minted.token)
    bench.login(bench.bench.oidc.mint(**MAIN).token)
    [granted] = bench.bench.events.last()
    assert (granted["eventName"], granted["federation"]["outcome"]) == ("AssumeRoleWithWebIdentity", "granted")
    [refused] = bench.bench.events.last(9, refused=True)
    assert refused["errorCode"] == "AccessDenied"
    assert "branch `feature`; the policy trusts branch `main`" in refused["federation"]["cause"]
    edit = refused["federation"]["explanation"]["first"]["edits"][0]
    assert edit["place"]["file"] == "roles/Deploy.json"
    assert len(bench.bench.events.last(9)) == 2
    assert minted.token not in json.dumps(bench.bench.events.last(9))


def test_a_token_without_a_provider_is_refused_and_one_may_be_registered(tmp_path: Path) -> None:
    bench = Bench(made(tmp_path / "account", github=False))
    assert bench.bench.oidc.mint(**MAIN).provider_arn is None
    with pytest.raises(FederationError) as refusal:
        bench.login(bench.bench.oidc.mint(**MAIN).token)
    assert refusal.value.check == "provider"
    assert bench.bench.oidc.mint(**MAIN, register_provider=True).provider_arn is not None
    assert bench.login(bench.bench.oidc.mint(**MAIN).token).subject == MAIN["subject"]


def test_real_keys_of_a_provider_stay_beside_those_of_the_bench(bench: Bench) -> None:
    own = OidcForge(key=TokenKey.generate("ES256", kid="own"), issuer=GITHUB, shape=OIDC_SHAPES["github"])
    assert bench.bench.oidc.publish(GITHUB, json.dumps(own.jwks()).encode()) is not None
    bench.login(bench.bench.oidc.mint(**MAIN).token)
    bench.login(bench.bench.oidc.mint(**{**MAIN, "algorithm": "RS256"}).token)
    bench.login(own.token(at=bench.bench.clock.now(), subject=MAIN["subject"]))
    published = bench.bench.oidc.jwks(GITHUB)
    assert published is not None
    [provider] = load_account(bench.path).oidc_providers.values()
    assert {key["kid"] for key in published["keys"]} == set(provider.keys.index)
    assert (len(published["keys"]), "own" in provider.keys.index) == (3, True)


def test_keys_that_are_published_replace_those_before(bench: Bench) -> None:
    with pytest.raises(IDPCommunicationError):
        bench.login(OidcForge(key=TokenKey.generate("ES256"), issuer=GITHUB).token(at=bench.bench.clock.now()))
    first, second = (OidcForge(key=TokenKey.generate("ES256", kid=kid), issuer=GITHUB, shape=OIDC_SHAPES["github"]) for kid in "ab")
    for each in (first, second):
        bench.bench.oidc.publish(GITHUB, json.dumps(each.jwks()).encode())
    bench.login(second.token(at=bench.bench.clock.now(), subject=MAIN["subject"]))
    with pytest.raises(FederationError) as refusal:
        bench.login(first.token(at=bench.bench.clock.now(), subject=MAIN["subject"]))
    assert refusal.value.check == "kid"
    with pytest.raises(RegistrationError) as refused:
        bench.bench.oidc.publish(GITHUB, b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}')
    assert refused.value.check == "jwk-symmetric"


@pytest.mark.parametrize("shape", [name for name in OIDC_SHAPES if name != "eks"])
def test_every_vendor_is_minted(bench: Bench, shape: str) -> None:
    minted = bench.bench.oidc.mint(shape=shape, algorithm="ES256", register_provider=True)
    held = load_account(bench.path).oidc_providers
    assert minted.provider_arn in held
    assert inspect_token(minted.token)["claims"]["iss"] == minted.issuer


def test_claims_are_replaced_added_and_left_out(bench: Bench) -> None:
    minted = bench.bench.oidc.mint(
        **MAIN, claims={"actor": "mallory", "at": 1, "subject": "x"}, without=["nbf", "sha"], header={"typ": "at+jwt"}, validity=60
    )
    told = inspect_token(minted.token)
    claims = told["claims"]
    assert (claims["actor"], claims["at"], claims["subject"], told["header"]["typ"]) == ("mallory", 1, "x", "at+jwt")
    assert not {"nbf", "sha"} & claims.keys()
    assert claims["exp"] - claims["iat"] == 60
    assert claims["jti"] != inspect_token(bench.bench.oidc.mint(**MAIN).token)["claims"]["jti"]


def test_a_cluster_projects_tokens_as_eks_prints_them(tmp_path: Path) -> None:
    bench = Bench(made(tmp_path / "account"))
    bench.bench.clock.fix(ISSUED)
    subject = "system:serviceaccount:shop:cart"
    where: dict[str, Any] = {"namespace": "shop", "service_account": "cart", "cluster": CLUSTER.rpartition("/")[2], "region": "eu-west-1"}
    minted = bench.bench.eks.mint(**where, register_provider=True)
    assert (minted.issuer, minted.subject) == (CLUSTER, subject)
    told = inspect_token(minted.token)
    claims, issued = told["claims"], int(ISSUED.timestamp())
    assert set(told["header"]) == {"alg", "kid"}
    assert list(claims) == ["aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub"]
    assert (claims["aud"], claims["exp"] - claims["iat"], claims["nbf"]) == (["sts.amazonaws.com"], 86_400, issued)
    projected = claims["kubernetes.io"]
    assert list(projected) == ["namespace", "node", "pod", "serviceaccount", "warnafter"]
    assert (projected["namespace"], projected["serviceaccount"]["name"], projected["warnafter"]) == ("shop", "cart", issued + 3607)
    add_role(bench.live, name="Cart", trust_policy=oidc_trust(CLUSTER, subject))
    assert bench.login(minted.token, role=f"arn:aws:iam::{ACCOUNT}:role/Cart").subject == subject
    other = bench.bench.eks.mint(cluster="prod").issuer
    assert other.startswith("https://oidc.eks.us-east-1.amazonaws.com/id/")
    assert (other == bench.bench.eks.mint(cluster="prod").issuer, len(other.rpartition("/")[2])) == (True, 32)


@pytest.mark.parametrize(
    "wrong", [{"namespace": "Shop"}, {"service_account": "a/b"}, {"cluster": "a b"}, {"region": "mars"}, {"pod": "\n"}]
)
def test_a_workload_has_names_of_kubernetes(bench: Bench, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        bench.bench.eks.mint(**wrong)
    assert refusal.value.check == "workload"


@pytest.mark.parametrize("shape", ["okta", "entra"])
def test_a_response_is_believed_because_its_metadata_is_registered(bench: Bench, shape: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/Federated"
    add_role(
        bench.live,
        name="Federated",
        trust_policy=trust(SAML_ARN, "sts:AssumeRoleWithSAML", {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
    )
    asked: dict[str, Any] = {"provider": "Corp", "roles": ["Federated"], "subject": "alice", "shape": shape}
    assert bench.bench.saml.mint(**asked).provider_arn is None
    minted = bench.bench.saml.mint(**asked, register_provider=True)
    assert (minted.provider_arn, minted.issuer) == (SAML_ARN, SHAPES[shape].issuer)
    session = bench.saml_login(minted.token, role=role, provider=SAML_ARN)
    assert session.subject == "alice"
    with pytest.raises(IDPRejectedClaim) as replayed:
        bench.saml_login(minted.token, role=role, provider=SAML_ARN)
    assert replayed.value.check == "replay"
    bench.saml_login(bench.bench.saml.mint(**asked).token, role=role, provider=SAML_ARN)


def test_a_provider_of_another_account_is_not_registered_here(bench: Bench) -> None:
    before = signature_of(bench.path)
    other = SAML_ARN.replace(ACCOUNT, "999999999999")
    assert bench.bench.saml.mint(provider=other, roles=[ROLE], register_provider=True).provider_arn is None
    assert signature_of(bench.path) == before


def test_the_metadata_is_that_of_the_responses(bench: Bench) -> None:
    from federation.account import add_saml_provider  # noqa: PLC0415 - beside its use

    metadata = bench.bench.saml.metadata("Corp", shape="okta", issuer="http://www.okta.com/exk1")
    add_saml_provider(bench.live, name="Corp", metadata=metadata)
    before = signature_of(bench.path)
    assert bench.bench.saml.mint(provider=SAML_ARN, roles=[ROLE]).issuer == "http://www.okta.com/exk1"
    assert signature_of(bench.path) == before


def test_a_key_of_the_root_is_made_once_and_again_after_a_reset(bench: Bench) -> None:
    made = bench.bench.access_key()
    assert made.secret not in repr(made)
    assert bench.bench.access_key() == made == bench.live.account.access_keys[made.id]
    bench.bench.reset()
    assert made.id not in bench.live.account.access_keys
    assert bench.bench.access_key().id != made.id


def test_the_clock_is_fixed_moved_and_released(bench: Bench) -> None:
    ticking = bench.bench.clock
    assert abs(ticking.now() - clock.resolve(None)) < timedelta(minutes=1)
    ticking.fix(ISSUED)
    ticking.move(90)
    ticking.move(-30)
    assert ticking.now() == ticking.now() == ISSUED + timedelta(minutes=1)
    assert ticking.as_dict() == {"now": "2026-11-24T12:01:00Z", "at": "2026-11-24T12:01:00Z", "offset": 0.0}
    ticking.offset(-3600)
    ticking.move(1800.5)
    assert ticking.as_dict()["offset"] == -1799.5
    assert timedelta(minutes=29) < clock.resolve(None) - ticking.now() < timedelta(minutes=31)
    ticking.release()
    assert ticking.as_dict()["offset"] == 0


def test_tokens_and_their_end_follow_the_clock(bench: Bench) -> None:
    bench.bench.clock.fix(datetime(2031, 5, 6, tzinfo=UTC))
    minted = bench.bench.oidc.mint(**MAIN)
    bench.login(minted.token)
    bench.bench.clock.move(3600)
    with pytest.raises(FederationError) as refusal:
        bench.login(minted.token)
    assert refusal.value.check == "exp"


@pytest.mark.parametrize("seconds", [10**12, -(10**12), float("inf"), float("nan"), True, "60", None])
def test_a_clock_is_set_within_reason(bench: Bench, seconds: Any) -> None:
    for fixed in (False, True):
        if fixed:
            bench.bench.clock.fix(ISSUED)
        for change in (bench.bench.clock.offset, bench.bench.clock.move):
            before = bench.bench.clock.setting()
            with pytest.raises(ValidationError) as refusal:
                change(seconds)
            assert refusal.value.check == "clock"
            assert bench.bench.clock.setting() == before


def test_a_reset_returns_to_the_snapshot_and_forgets_what_was_used(bench: Bench) -> None:
    files = {name: (bench.path / name).read_bytes() for name in signature_of(bench.path) if (bench.path / name).is_file()}
    add_role(bench.live, name="Second", trust_policy=oidc_trust(GITHUB, "repo:acme/app:ref:refs/heads/main"))
    bench.bench.clock.fix(ISSUED)
    assert bench.bench.snapshot("two-roles") == "two-roles"
    bench.bench.clock.move(86_400)
    delete_role(bench.live, name="Second")
    delete_role(bench.live, name="Deploy")
    bench.bench.reset("two-roles")
    assert {role.name for role in load_account(bench.path).roles.values()} == {"Deploy", "Second"}
    assert bench.bench.clock.now() == ISSUED
    bench.login(bench.bench.oidc.mint(**MAIN).token)
    assert bench.state.claim("device", 5)
    bench.bench.reset()
    assert {name: (bench.path / name).read_bytes() for name in signature_of(bench.path) if (bench.path / name).is_file()} == files
    assert bench.bench.clock.setting() is None
    assert bench.bench.events.last(9) == []
    assert bench.state.claim("device", 5)
    bench.login(bench.bench.oidc.mint(**MAIN).token)


@pytest.mark.parametrize("name", ["none", "../../etc", "", "x" * 65, 5, None])
def test_no_snapshot_of_that_name(bench: Bench, name: Any) -> None:
    before = signature_of(bench.path)
    with pytest.raises(NoSuchEntity) as refusal:
        bench.bench.reset(name)
    assert refusal.value.check == "snapshot"
    assert signature_of(bench.path) == before


@pytest.mark.parametrize("name", ["../../etc", "a b", "x" * 65, "\n"])
def test_names_of_snapshots(bench: Bench, name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        bench.bench.snapshot(name)
    assert refusal.value.check == "snapshot"


@pytest.mark.parametrize(
    ("asked", "check"),
    [
        ({"shape": "gitbub"}, "shape"),
        ({"issuer": "http://localhost:8080"}, "url"),
        ({"algorithm": "HS256"}, "algorithms"),
        ({"validity": 0}, "validity"),
        ({"validity": True}, "validity"),
        ({"validity": 10**9}, "validity"),
    ],
)
def test_what_cannot_be_minted(bench: Bench, asked: dict[str, Any], check: str) -> None:
    with pytest.raises(FederationError) as refusal:
        bench.bench.oidc.mint(**asked)
    assert refusal.value.check == check


@pytest.mark.parametrize(
    ("asked", "check"),
    [
        ({"shape": "opta"}, "shape"),
        ({"subject": "a\x00b"}, "text"),
        ({"attributes": {"a": ["\x0b"]}}, "text"),
        ({"provider": "Corp/x", "register_provider": True}, "provider-arn"),
    ],
)
def test_what_cannot_be_asserted(bench: Bench, asked: dict[str, Any], check: str) -> None:
    with pytest.raises(FederationError) as refusal:
        bench.bench.saml.mint(**{"provider": "Corp", "roles": [ROLE], **asked})
    assert refusal.value.check == check


@pytest.mark.parametrize("kind", ["memory", "directory"])
def test_a_shelf(tmp_path: Path, kind: str) -> None:
    shelf: Shelf = MemoryShelf() if kind == "memory" else DirectoryShelf(tmp_path / "shelf")
    assert (shelf.read("a"), shelf.lines("a")) == (None, [])
    assert (shelf.claim("a", b"1"), shelf.claim("a", b"2"), shelf.read("a")) == (b"1", b"1", b"1")
    shelf.write("a", b"3")
    assert shelf.read("a") == b"3"
    with shelf.alone(), shelf.alone():
        for number in range(1_200):
            shelf.append("log", str(number).encode())
    assert (len(shelf.lines("log")), shelf.lines("log")[-1]) == (1_000, b"1199")
    shelf.remove("log")
    shelf.remove("a")
    assert (shelf.read("a"), shelf.lines("log")) == (None, [])


def test_a_truncated_event_takes_no_other_with_it(tmp_path: Path) -> None:
    bench = Bench(made(tmp_path / "account"), DirectoryShelf(tmp_path / "shelf"))
    for cut in (True, False):
        bench.login(bench.bench.oidc.mint(**MAIN).token)
        if cut:
            record = tmp_path / "shelf" / "events"
            record.write_bytes(record.read_bytes()[:-9])
    assert len(bench.bench.events.last(9)) == 1


def test_what_the_file_system_refuses_is_a_refusal(tmp_path: Path) -> None:
    shelf = DirectoryShelf(tmp_path / "shelf")
    (tmp_path / "shelf").rename(tmp_path / "gone")
    for use in (lambda: shelf.write("a", b""), lambda: shelf.claim("a", b""), lambda: shelf.append("a", b"")):
        with pytest.raises(AccountFault) as refusal:
            use()
        assert refusal.value.check == "state"
    assert shelf.read("a") is None


def test_an_account_in_memory_is_tested_likewise() -> None:
    live = LiveAccount.in_memory(ACCOUNT)
    bench, state = Workbench(live), MemoryState()
    add_role(live, name="Deploy", trust_policy=oidc_trust(GITHUB, MAIN["subject"]))
    minted = bench.oidc.mint(**MAIN, register_provider=True)
    call: dict[str, Any] = {"role_arn": ROLE, "role_session_name": "job", "web_identity_token": minted.token, "at": bench.clock.now()}
    SecurityTokenService(live.account, audit=bench.events, state=state).assume_role_with_web_identity(**call)
    assert [event["eventName"] for event in bench.events.last()] == ["AssumeRoleWithWebIdentity"]
    bench.reset()
    assert (live.account.roles, live.account.oidc_providers) == ({}, {})


def test_a_provider_that_iam_creates_has_the_keys_that_the_bench_knows() -> None:
    live = LiveAccount.in_memory(ACCOUNT)
    bench = Workbench(live)
    iam = IdentityAndAccessManagement(live, key_set_of=bench.oidc.key_set_of)
    bench.oidc.mint(**MAIN)
    for url in (GITHUB, "https://unknown.example.com"):
        iam.answer("CreateOpenIDConnectProvider", {"Url": url, "ClientIDList": ["sts.amazonaws.com"]}, caller=live.account.root_arn)
    registered = {provider.url: provider.keys.registered for provider in live.account.oidc_providers.values()}
    assert registered == {GITHUB: True, "https://unknown.example.com": False}


def test_benches_on_one_directory_agree(tmp_path: Path) -> None:
    path = made(tmp_path / "account")
    one, two = (Bench(path, DirectoryShelf(tmp_path / "shelf")) for _ in range(2))
    one.bench.clock.fix(ISSUED)
    assert two.bench.clock.now() == ISSUED
    minted = one.bench.oidc.mint(**MAIN)
    two.live.reload()
    two.login(minted.token)
    assert [event["eventName"] for event in one.bench.events.last(5)] == ["AssumeRoleWithWebIdentity"]
    assert one.bench.oidc.jwks(GITHUB) == two.bench.oidc.jwks(GITHUB)
    two.bench.reset(one.bench.snapshot())
    assert one.bench.events.last(5) == []
    assert [each.stat().st_mode & 0o077 for each in (tmp_path / "shelf").iterdir()] == [0] * len(list((tmp_path / "shelf").iterdir()))
