"""A service of many accounts: each call asks the account it is for, and an account at fault is nobody else's fault."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from federation.account import many
from federation.errors import AccountFault, AccountFaults, FederationError
from federation.state import AuditEvent
from federation.sts.authorization.evaluation import Layer
from federation.sts.service import SecurityTokenService
from tests.support.many_accounts import assertion, fill, give_key, key_of
from tests.support.organization import ORGANIZATION_ID, PRODUCTION, ROOT_ID, SANDBOX, answers, write
from tests.support.sts import saml_login
from tests.support.world import ACCOUNT, OTHER, SECRET

AT = saml_login.AT
OLD_KEY = "AKIAIOSFODNN7EXAMPLE"


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for account, other in ((ACCOUNT, OTHER), (OTHER, ACCOUNT)):
        fill(tmp_path / "accounts", account, trusts=other)
    return tmp_path / "accounts"


@pytest.fixture(autouse=True)
def at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the files at every call."""
    monkeypatch.setattr(many, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(many, "LOOK_SHARE", 0.0)


def login(sts: SecurityTokenService, account: str) -> str:
    session = sts.assume_role_with_saml(
        role_arn=f"arn:aws:iam::{account}:role/Portal",
        principal_arn=f"arn:aws:iam::{account}:saml-provider/Example",
        saml_assertion=assertion(account),
        at=AT,
    )
    return session.assumed_role_user.arn


def refusal(call: Callable[[], object]) -> FederationError:
    with pytest.raises(FederationError) as caught:
        call()
    return caught.value


def across(sts: SecurityTokenService, caller: str, target: str) -> str:
    who = sts.caller_for_credentials(key_of(caller), SECRET, at=AT)
    answer = sts.assume_role(caller=who, role_arn=f"arn:aws:iam::{target}:role/Portal", role_session_name="one", at=AT)
    return answer.assumed_role_user.arn


def test_a_login_asks_the_account_of_the_role(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root, replay="as-aws")
    assert list(sts.accounts) == []
    for account in (ACCOUNT, OTHER):
        assert login(sts, account) == f"arn:aws:sts::{account}:assumed-role/Portal/alice"
    held = [each.id for each in sts.accounts]
    assert held == [ACCOUNT, OTHER]


def test_a_role_of_another_account_is_assumed_by_a_user_and_by_the_session_of_a_login(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root)
    assert across(sts, ACCOUNT, OTHER) == f"arn:aws:sts::{OTHER}:assumed-role/Portal/one"
    assert refusal(lambda: across(sts, ACCOUNT, ACCOUNT)).check == "authorization"


@pytest.mark.parametrize(
    ("role", "check", "signed_check"),
    [
        ("arn:aws:iam::999999999999:role/Portal", "provider", "authorization"),
        ("arn:aws:iam::1:role/Portal", "principal-arn", "role-arn"),
        ("arn:aws:iam::../x:role/Portal", "principal-arn", "role-arn"),
    ],
)
def test_an_account_that_is_not_there_refuses_as_one_without_the_role(root: Path, role: str, check: str, signed_check: str) -> None:
    sts = SecurityTokenService.open_accounts(root)
    call: dict[str, Any] = {
        "role_arn": role,
        "principal_arn": role.replace("role/Portal", "saml-provider/Example"),
        "saml_assertion": assertion(ACCOUNT),
    }
    assert refusal(lambda: sts.assume_role_with_saml(**call, at=AT)).check == check
    who = sts.caller_for_key(key_of(ACCOUNT), at=AT)
    found = refusal(lambda: sts.assume_role(caller=who, role_arn=role, role_session_name="one", at=AT))
    assert found.check == signed_check
    assert refusal(lambda: sts.caller_for_key(key_of("999999999999"), at=AT)).check == "access-key"


def test_the_service_of_many_accounts_has_none_of_its_own(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root)
    assert refusal(lambda: sts.account).check == "account"
    assert sts.outbound_documents() is None


def test_an_account_at_fault_is_refused_and_the_others_are_served(root: Path) -> None:
    (root / OTHER / "roles" / "Broken.json").write_text("{", encoding="utf-8")
    audit = Events()
    sts = SecurityTokenService.open_accounts(root, replay="as-aws", audit=audit)
    assert login(sts, ACCOUNT)
    found = refusal(lambda: login(sts, OTHER))
    assert isinstance(found, AccountFaults)
    assert found.file == str(root / OTHER / "roles" / "Broken.json")
    assert isinstance(refusal(lambda: across(sts, ACCOUNT, OTHER)), AccountFault)
    assert isinstance(refusal(lambda: sts.caller_for_key(key_of(OTHER), at=AT)), AccountFault)
    assert [each.account for each in audit] == [ACCOUNT, OTHER, OTHER]
    (root / OTHER / "roles" / "Broken.json").unlink()
    assert login(sts, OTHER)


def test_two_calls_that_an_account_at_fault_refuses_do_not_share_their_refusal(root: Path) -> None:
    (root / OTHER / "roles" / "Broken.json").write_text("{", encoding="utf-8")
    sts = SecurityTokenService.open_accounts(root)
    first, second = (refusal(lambda: login(sts, OTHER)) for _ in range(2))
    assert first == second
    assert first is not second
    assert first.question is not second.question


def test_a_change_on_disk_is_served_from_the_next_call_on(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root, replay="as-aws")
    assert login(sts, ACCOUNT)
    (root / ACCOUNT / "roles" / "Portal.json").unlink()
    assert refusal(lambda: login(sts, ACCOUNT)).check == "role"
    shutil.rmtree(root / ACCOUNT)
    assert refusal(lambda: login(sts, ACCOUNT)).check == "provider"


def test_no_more_accounts_are_held_than_asked_for(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root, replay="as-aws", held=1)
    for account in (ACCOUNT, OTHER, ACCOUNT):
        assert login(sts, account)
        assert [each.id for each in sts.accounts] == [account]


def test_a_key_from_before_2019_is_found_by_the_name_of_its_file(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root)
    assert refusal(lambda: sts.caller_for_key(OLD_KEY, at=AT)).check == "access-key"
    give_key(root / OTHER, OLD_KEY)
    assert sts.caller_for_key(OLD_KEY, at=AT).account == OTHER
    assert [each.id for each in sts.accounts] == [OTHER]
    give_key(root / ACCOUNT, OLD_KEY)
    assert refusal(lambda: sts.caller_for_key(OLD_KEY, at=AT)).check == "access-key", "of two accounts nobody knows which"


def test_a_directory_of_another_name_than_its_account_is_refused(root: Path) -> None:
    (root / OTHER).rename(root / "999999999999")
    sts = SecurityTokenService.open_accounts(root)
    found = refusal(lambda: login(sts, "999999999999"))
    assert isinstance(found, AccountFaults)
    assert (found.file, found.path) == (str(root / "999999999999" / "account.toml"), "$.id")


def test_a_link_in_place_of_an_account_is_refused(root: Path) -> None:
    (root / "999999999999").symlink_to(root / OTHER)
    assert isinstance(refusal(lambda: login(SecurityTokenService.open_accounts(root), "999999999999")), AccountFaults)


DENY = {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithSAML", "Resource": "*"}


def test_the_organization_beside_the_accounts_bounds_them(root: Path) -> None:
    write(root, answers(None, {"Closed": (DENY, [PRODUCTION])}))
    sts = SecurityTokenService.open_accounts(root, replay="as-aws")
    assert refusal(lambda: login(sts, ACCOUNT)).check == "resource-control-policy"
    assert login(sts, OTHER)
    keys = sts.caller_for_key(key_of(OTHER), at=AT).context_keys(AT)
    assert (keys["aws:PrincipalOrgID"], keys["aws:PrincipalOrgPaths"]) == (ORGANIZATION_ID, (f"{ORGANIZATION_ID}/{ROOT_ID}/{SANDBOX}/",))


def test_a_change_of_the_organization_is_served_whole_or_not_at_all(root: Path) -> None:
    write(root, answers())
    sts = SecurityTokenService.open_accounts(root, replay="as-aws")
    assert login(sts, ACCOUNT)
    write(root, answers(None, {"Closed": (DENY, [ROOT_ID])}))
    for account in (ACCOUNT, OTHER):
        assert refusal(partial(login, sts, account)).check == "resource-control-policy"
    (root / "organization" / "roots.json").write_text("{}", encoding="utf-8")
    assert refusal(lambda: login(sts, OTHER)).check == "resource-control-policy", "the bounds stay as they were"
    assert isinstance(refusal(lambda: SecurityTokenService.open_accounts(root)), AccountFaults)


def test_an_account_that_the_organization_does_not_have_is_refused(root: Path) -> None:
    fill(root, "999999999999", trusts=OTHER)
    write(root, answers())
    sts = SecurityTokenService.open_accounts(root, replay="as-aws")
    found = refusal(lambda: login(sts, "999999999999"))
    assert isinstance(found, AccountFaults)
    assert found.expected == f"an account of the organization {ORGANIZATION_ID}"
    assert login(sts, OTHER)


def test_settings_that_say_another_place_are_a_fault(root: Path) -> None:
    write(root, answers())
    settings = root / OTHER / "account.toml"
    settings.write_text(settings.read_text() + '\n[organization]\nid = "o-anotherorgid"\n', encoding="utf-8")
    found = refusal(lambda: login(SecurityTokenService.open_accounts(root), OTHER))
    assert isinstance(found, AccountFaults)
    assert found.path == "$.organization"


@pytest.fixture
def managed(root: Path) -> SecurityTokenService:
    """The account ``OTHER`` manages the root access of ``ACCOUNT``."""
    settings = root / OTHER / "account.toml"
    settings.write_text(
        settings.read_text() + f'\n[organization]\nid = "{ORGANIZATION_ID}"\nroot_access = ["{ACCOUNT}"]\n', encoding="utf-8"
    )
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    write(root, answers({"NoIam": (deny, [PRODUCTION])}))
    return SecurityTokenService.open_accounts(root)


def test_a_root_session_is_opened_by_the_account_that_issued_it_and_bound_by_the_policies_of_its_own(managed: SecurityTokenService) -> None:
    task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    answer = managed.assume_root(
        caller=managed.caller_for_key(key_of(OTHER), at=AT), target_principal=ACCOUNT, task_policy_arn={"arn": task}, at=AT
    )
    caller = managed.resolve(answer.credentials, at=AT)
    assert (caller.arn, caller.account) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
    allowed = managed.authorize(caller, action="iam:GetAccountSummary", resource="*", at=AT)
    assert allowed.evaluation.layers[Layer.SERVICE_CONTROL].effect == "Deny"


def test_one_request_sees_every_account_as_it_first_found_it(root: Path) -> None:
    sts = SecurityTokenService.open_accounts(root, replay="as-aws")
    now = sts.at_once()
    assert login(now, ACCOUNT)
    (root / ACCOUNT / "roles" / "Portal.json").unlink()
    assert login(now, ACCOUNT)
    assert refusal(lambda: login(sts, ACCOUNT)).check == "role"
