"""Captured tokens of many accounts: the call, or what a response claims, chooses the account; its keys decide."""

import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from federation.account import many
from federation.errors import AccountFaults
from federation.judging.bulk import Bench
from federation.judging.capture import Capture
from federation.judging.columns.judge import ColumnJudge
from federation.judging.columns.schema import TOKENS
from federation.judging.judge import Judgement, JudgingInstant
from federation.judging.many import AccountsJudge
from tests.support import oidc
from tests.support.many_accounts import assertion, fill
from tests.support.organization import SANDBOX, answers, write
from tests.support.sts import saml_login
from tests.support.world import ACCOUNT, OTHER

AT = JudgingInstant(at=saml_login.AT)
ROLE = "arn:aws:iam::{}:role/Portal"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for account, other in ((ACCOUNT, OTHER), (OTHER, ACCOUNT)):
        fill(tmp_path / "accounts", account, trusts=other)
    return tmp_path / "accounts"


def judged(root: Path, token: str, *, role_arn: str | None = None) -> Judgement:
    return AccountsJudge(root, instant=AT).judge(Capture(id="one", token=token.encode(), role_arn=role_arn))


def check(judgement: Judgement) -> object:
    return None if judgement.refusal is None else judgement.refusal["check"]


@pytest.mark.parametrize("account", [ACCOUNT, OTHER])
def test_a_response_is_judged_by_the_account_whose_role_it_names(root: Path, account: str) -> None:
    found = judged(root, assertion(account))
    assert (found.accepted, found.account, found.provider) == (True, account, f"arn:aws:iam::{account}:saml-provider/Example")
    assert found.role is None


def test_the_role_of_the_record_chooses_and_is_asked(root: Path) -> None:
    found = judged(root, assertion(OTHER), role_arn=ROLE.format(OTHER))
    assert (found.account, found.accepted, found.role) == (OTHER, True, {"arn": ROLE.format(OTHER), "effect": "Allow"})


def test_the_role_of_the_call_wins_over_what_the_response_claims(root: Path) -> None:
    found = judged(root, assertion(ACCOUNT), role_arn=ROLE.format(OTHER))
    assert (found.account, found.accepted, check(found)) == (OTHER, False, "role-pair")


def test_the_role_that_is_asked_about_every_token_chooses_where_the_record_names_none(root: Path) -> None:
    every = ROLE.format(OTHER)
    judge = AccountsJudge(root, instant=AT, role_arn=every)
    assert judge.judge(Capture(id="one", token=assertion(OTHER).encode())).role == {"arn": every, "effect": "Allow"}
    assert judge.judge(Capture(id="two", token=assertion(ACCOUNT).encode(), role_arn=ROLE.format(ACCOUNT))).account == ACCOUNT


def test_nothing_is_guessed_of_a_token_that_names_no_role(root: Path) -> None:
    found = judged(root, oidc.token())
    assert (check(found), found.account) == ("account", None)
    assert found.claimed is not None
    assert found.claimed["issuer"] == oidc.provider().url


def test_roles_of_two_accounts_choose_none(root: Path) -> None:
    pairs = [f"{ROLE.format(each)},arn:aws:iam::{each}:saml-provider/Example" for each in (ACCOUNT, OTHER)]
    found = judged(root, saml_login.mint(saml_login.login(attributes={**saml_login.attributes(), f"{saml_login.PREFIX}Role": pairs})))
    assert (check(found), found.refusal and found.refusal["found"]) == ("account", "roles of 2 accounts")


@pytest.mark.parametrize(
    ("role_arn", "refusing"), [("arn:aws:iam::999999999999:role/Portal", "account"), ("Portal", "role-arn"), ("", "account")]
)
def test_a_role_of_no_account_of_the_directory(root: Path, role_arn: str, refusing: str) -> None:
    assert check(judged(root, oidc.token(), role_arn=role_arn)) == refusing


def test_an_account_at_fault_refuses_its_own_tokens_alone(root: Path) -> None:
    (root / OTHER / "account.toml").write_text("id = 1", encoding="utf-8")
    judge = AccountsJudge(root, instant=AT)
    broken, whole = (judge.judge(Capture(id=each, token=assertion(each).encode())) for each in (OTHER, ACCOUNT))
    assert (broken.accepted, broken.refusal and broken.refusal["code"]) == (False, "AccountFault")
    assert whole.accepted


def test_no_more_accounts_are_held_than_the_bound(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "HELD", 1)
    judge = AccountsJudge(root, instant=AT)
    assert [judge.judge(Capture(id=each, token=assertion(each).encode())).account for each in (ACCOUNT, OTHER, ACCOUNT)] == [
        ACCOUNT,
        OTHER,
        ACCOUNT,
    ]


def test_the_policies_of_the_organization_bound_the_role(root: Path) -> None:
    write(root, answers(resource={"None": ({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"}, [SANDBOX])}))
    found = judged(root, assertion(OTHER), role_arn=ROLE.format(OTHER))
    assert (found.accepted, check(found)) == (False, "resource-control-policy")


def test_columns_of_many_accounts_in_another_process(root: Path) -> None:
    judge = pickle.loads(pickle.dumps(ColumnJudge(Bench(account=root, instant=AT, many=True))))  # noqa: S301 - made here
    rows = [{"token": assertion(each), "role_arn": ROLE.format(each)} for each in (ACCOUNT, OTHER)]
    found = judge(pa.Table.from_pylist([*rows, {"token": assertion(ACCOUNT), "role_arn": None}], schema=TOKENS)).to_pylist()
    assert [(row["account"], row["accepted"]) for row in found] == [(ACCOUNT, True), (OTHER, True), (ACCOUNT, True)]


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(AccountFaults):
        AccountsJudge(tmp_path / "absent")
