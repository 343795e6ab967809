"""AWS's own client against a server of many accounts."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.support.many_accounts import assertion, fill, give_key, key_of
from tests.support.organization import PRODUCTION, ROOT_ID, answers, write
from tests.support.server import ONE_ATTEMPT, Served, need_server, resident_kilobytes, serve
from tests.support.world import ACCOUNT, OTHER, SECRET

OLD_KEY = "AKIAIOSFODNN7EXAMPLE"
DENY = {"Sid": "NoStrangers", "Effect": "Deny", "Action": "sts:GetFederationToken", "Resource": "*"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    need_server()
    folder = tmp_path_factory.mktemp("many")
    root = folder / "accounts"
    for account, other in ((ACCOUNT, OTHER), (OTHER, ACCOUNT)):
        fill(root, account, trusts=other)
    give_key(root / OTHER, OLD_KEY)
    write(root, answers({"NoStrangers": (DENY, [PRODUCTION])}))
    running = serve(folder / "access.log", "--workers", "2", accounts=root)
    try:
        yield running, root
    finally:
        assert running.stop() == 0


def client(running: Served, key: str = "", secret: str = SECRET, token: str | None = None) -> Any:
    given = {"aws_access_key_id": key or "AKIAI44QH8DHBEXAMPLE", "aws_secret_access_key": secret, "aws_session_token": token}
    return boto3.client("sts", endpoint_url=running.url, region_name="us-east-1", config=ONE_ATTEMPT, **given)


def login(running: Served, account: str) -> Any:
    now = datetime.now(UTC).replace(microsecond=0)
    return client(running).assume_role_with_saml(
        RoleArn=f"arn:aws:iam::{account}:role/Portal",
        PrincipalArn=f"arn:aws:iam::{account}:saml-provider/Example",
        SAMLAssertion=assertion(account, at=now - timedelta(seconds=5), seed=os.urandom(8).hex()),
    )


def refused(call: Any, **parameters: Any) -> Any:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response


def test_a_login_in_one_account_assumes_a_role_of_another(served: tuple[Served, Path]) -> None:
    running, _ = served
    for account, other in ((ACCOUNT, OTHER), (OTHER, ACCOUNT)):
        assert login(running, account)["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/Portal/alice"
        sts = client(running, key_of(other))
        assert sts.get_caller_identity()["Account"] == other
        answer = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/Portal", RoleSessionName="across")
        keys = answer["Credentials"]
        session = client(running, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        assert session.get_caller_identity()["Arn"] == f"arn:aws:sts::{account}:assumed-role/Portal/across"


def test_a_key_without_an_account_in_it_is_found(served: tuple[Served, Path]) -> None:
    assert client(served[0], OLD_KEY).get_caller_identity()["Account"] == OTHER


def test_the_policies_of_the_organization_are_evaluated(served: tuple[Served, Path]) -> None:
    running, _ = served
    told = refused(client(running, key_of(ACCOUNT)).get_federation_token, Name="Bob")["Error"]
    assert told["Code"] == "AccessDenied"
    assert "with an explicit deny in a service control policy: arn:aws:organizations::" in told["Message"]
    assert client(running, key_of(OTHER)).get_federation_token(Name="Bob")["FederatedUser"]["Arn"].endswith(":federated-user/Bob")


def test_an_account_at_fault_is_refused_and_the_log_says_why(served: tuple[Served, Path]) -> None:
    running, root = served
    broken = "999999999999"
    document = answers()
    document[f"accounts/{ROOT_ID}.json"]["Accounts"].append({"Id": broken, "Name": "Broken"})
    fill(root, broken, trusts=OTHER)
    (root / broken / "roles" / "Broken.json").write_text("{", encoding="utf-8")
    response = refused(client(running, key_of(broken)).get_caller_identity)
    assert response["Error"]["Code"] == "InternalFailure"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert str(root) not in json.dumps(response["Error"])
    assert str(root / broken / "roles" / "Broken.json") in running.logged(response["ResponseMetadata"]["RequestId"])["refusal"]
    assert client(running, key_of(OTHER)).get_caller_identity()["Account"] == OTHER


def test_an_account_that_is_not_there_has_no_keys(served: tuple[Served, Path]) -> None:
    told = refused(client(served[0], key_of("888888888888")).get_caller_identity)["Error"]
    assert told["Code"] == "InvalidClientTokenId"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
@pytest.mark.growth
def test_a_worker_holds_no_more_of_three_hundred_accounts_than_it_was_told(tmp_path: Path) -> None:
    """Every account is asked twice; the second round must not be larger than the first one's first part."""
    need_server()
    root = tmp_path / "accounts"
    accounts = [f"{500_000_000_000 + number}" for number in range(300)]
    for account in accounts:
        fill(root, account, trusts=OTHER)
    running = serve(tmp_path / "access.log", "--held", "16", accounts=root)
    try:
        for account in accounts[:100]:
            assert client(running, key_of(account)).get_caller_identity()["Account"] == account
        before = resident_kilobytes(running.process.pid)
        for account in (*accounts[100:], *accounts):
            assert client(running, key_of(account)).get_caller_identity()["Account"] == account
        after = resident_kilobytes(running.process.pid)
    finally:
        running.stop()
    assert after - before < 8_000, f"{before} KB after a hundred accounts, {after} KB after three hundred, each twice"
