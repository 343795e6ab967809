"""Arguments and files of any kind: a `FederationError`, never anything else."""

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.account import init_account, load_account
from federation.errors import AccountFaults, FederationError
from federation.testing.strategies import values_of_any_type
from tests.support.sts.saml_login import AT, PROVIDER, ROLE, World, mint
from tests.support.world import ACCOUNT

VALUES = values_of_any_type(ROLE, PROVIDER)
anything = VALUES | st.lists(st.dictionaries(st.sampled_from(["arn", "Version", "x"]), VALUES, max_size=3), max_size=4)
WORLD = World()
SERVICE = WORLD.sts


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "role_arn": anything,
            "principal_arn": anything,
            "saml_assertion": anything,
            "policy_arns": anything,
            "policy": anything,
            "duration_seconds": anything,
            "minimum_session_token_size": anything,
            "at": st.one_of(st.datetimes(timezones=st.just(UTC)), st.datetimes(), st.none()),
        },
    ).filter(bool)
)
def test_arguments_of_any_kind(call: dict[str, Any]) -> None:
    good: dict[str, Any] = {"role_arn": ROLE, "principal_arn": PROVIDER, "saml_assertion": TOKEN, "at": AT}
    try:
        code = type(SERVICE.assume_role_with_saml(**{**good, **call})).__name__
    except FederationError as refusal:
        code = refusal.code
    assert code != "InternalFailure"


TOKEN = mint()
FILES = (
    "account.toml",
    "keyring.json",
    "roles/R.json",
    "policies/P.json",
    "saml-providers/S/metadata.xml",
    "saml-providers/S/provider.toml",
)
SNIPPETS = st.sampled_from(
    [b"{", b"}", b"[", b'"', b":", b",", b"=", b"\n", b"\0", b"\xff", b"id", b"1e9", b"<a>", b"<!DOCTYPE", b"Statement"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.one_of(st.binary(max_size=80), st.lists(SNIPPETS, max_size=12).map(b"".join)))
def test_files_of_any_content(tmp_path_factory: pytest.TempPathFactory, file: str, octets: bytes) -> None:
    root = init_account(Path(tmp_path_factory.mktemp("fuzz")) / "account", account_id=ACCOUNT)
    target = root / file
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(octets)
    with pytest.raises(AccountFaults) as refused:
        load_account(root)
    assert refused.value.faults[0].file.startswith(file.partition("/")[0])
