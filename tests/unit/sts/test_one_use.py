"""One use means one use: across restarts, steps of the clock, and whatever the service is told about replay."""

import hashlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.account.mfa_device import MfaDevice
from federation.account.model import TradeInToken
from federation.errors import AccessDenied, AccountFault, FederationError, IDPRejectedClaim, RegistrationError
from federation.profiles import Replay
from federation.state import MemoryReplayCache, MemoryState, State, open_state
from federation.sts.service import SecurityTokenService
from federation.testing.mfa import mfa_code
from tests.support.paths import FIXTURES
from tests.support.sts.callers import MFA, MFA_SECRET, account, service
from tests.support.sts.callers import ROLE as CALLED_ROLE
from tests.support.sts.saml_login import AT, PROVIDER, ROLE, World, login, mint, provider
from tests.support.world import USER

MINUTE = timedelta(minutes=1)
TRADE_IN = "Tr4de-1n-s3cret"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


def started(file: Path, world: World | None = None) -> SecurityTokenService:
    """The service of the small account, as it is after a restart."""
    state = open_state(file)
    return SecurityTokenService((world or World()).account, replay=state, state=state)


def assume(sts: SecurityTokenService, token: str, *, at: datetime = AT) -> object:
    return sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=at)


def refusal(sts: SecurityTokenService, token: str, *, at: datetime = AT) -> FederationError:
    with pytest.raises(IDPRejectedClaim) as refused:
        assume(sts, token, at=at)
    assert refused.value.check == "replay"
    return refused.value


def test_p10_a_restart_brings_no_assertion_back(file: Path) -> None:
    token = mint()
    assume(started(file), token)
    assert refusal(started(file), token).found.startswith("a second use of ")


def test_p10_a_clock_that_steps_forward_and_back_brings_no_assertion_back(file: Path) -> None:
    token, later = mint(), AT + timedelta(days=400)
    assume(started(file), token)
    assume(started(file), mint(login(at=later, seed="later")), at=later)
    found = refusal(started(file), token, at=AT + MINUTE).found
    assert found.endswith("which may have been used: uses of tokens that end as early were forgotten while the clock was ahead")
    # Logins go on as soon as they end later than what was forgotten.
    soon = AT + 6 * MINUTE
    assume(started(file), mint(login(at=soon, seed="soon")), at=soon)


def test_the_remedy_names_the_flags() -> None:
    sts, token = World(service={"replay": MemoryReplayCache()}).sts, mint()
    assume(sts, token)
    remedy = refusal(sts, token).remedy
    for way in ("`federation serve --replay as-aws`", "`replay` in account.toml", "replay=None"):
        assert way in remedy


def test_a_code_is_spent_across_restarts_and_services(file: Path) -> None:
    code = mfa_code(MfaDevice(MFA, MFA_SECRET), at=AT)
    call: dict[str, Any] = {"caller": USER, "serial_number": MFA, "token_code": code, "at": AT}
    service(state=open_state(file)).get_session_token(**call)
    with pytest.raises(AccessDenied) as refused:
        service(state=open_state(file)).get_session_token(**call)
    assert refused.value.check == "mfa-code"


@pytest.mark.parametrize("replay", [None, MemoryReplayCache()])
def test_a_trade_in_token_serves_once_whatever_replay_is(file: Path, replay: MemoryReplayCache | None) -> None:
    token = TradeInToken(role_arn=CALLED_ROLE, session_name="product", duration=900, expires_at=AT + 5 * MINUTE)
    later = TradeInToken(role_arn=CALLED_ROLE, session_name="product", duration=900, expires_at=AT + timedelta(days=9))
    digest = hashlib.sha256(TRADE_IN.encode()).hexdigest()

    def exchange(registered: TradeInToken, at: datetime) -> object:
        sts = service(account(trade_in_tokens={digest: registered}), replay=replay, state=open_state(file))
        return sts.get_delegated_access_token(caller=USER, trade_in_token=TRADE_IN, at=at)

    exchange(token, AT)
    for registered, at in ((token, AT), (later, AT + timedelta(days=1))):  # nor once its file gives it a later end
        with pytest.raises(AccessDenied) as refused:
            exchange(registered, at)
        assert refused.value.check == "trade-in-token"


def opened(folder: Path, *, says: str = "", **options: Any) -> SecurityTokenService:
    """The service of a copy of the shipped account, whose settings say *says* as well."""
    home = folder / "account"
    if not home.exists():
        shutil.copytree(FIXTURES / "account", home)
        text = (home / "account.toml").read_text(encoding="utf-8")
        (home / "account.toml").write_text(says + text, encoding="utf-8")
    return SecurityTokenService.open(home, **options)


def uses(folder: Path, *, restart: bool = False, says: str = "", **options: Any) -> list[str]:
    """What three uses of the documented assertion come to."""
    sts = opened(folder, says=says, **options)
    outcomes: list[str] = []
    for _ in range(3):
        if restart:
            sts = opened(folder, says=says, **options)
        try:
            sts.assume_role_with_saml(
                role_arn="arn:aws:iam::123456789012:role/TestSaml",
                principal_arn="arn:aws:iam::123456789012:saml-provider/SAML-test",
                saml_assertion=(FIXTURES / "saml" / "documented.b64").read_text(encoding="ascii"),
                at=datetime.fromisoformat("2026-11-24T12:00:30Z"),
            )
        except IDPRejectedClaim as refused:
            outcomes.append(refused.check)
        else:
            outcomes.append("granted")
    return outcomes


ONCE = ["granted", "replay", "replay"]
OFTEN = ["granted"] * 3


@pytest.mark.parametrize(
    ("says", "options", "outcomes"),
    [
        ("", {}, ONCE),
        ("", {"replay": None}, OFTEN),
        ("", {"replay": "as-aws"}, OFTEN),
        ("", {"replay": Replay.AS_AWS}, OFTEN),
        ('replay = "once"\n', {}, ONCE),
        ('replay = "as-aws"\n', {}, OFTEN),
        ('replay = "as-aws"\n', {"replay": "account"}, OFTEN),
        ('replay = "as-aws"\n', {"replay": "once"}, ONCE),
        ('replay = "as-aws"\n', {"replay": MemoryReplayCache()}, ONCE),
        ('replay = "once"\n', {"replay": "as-aws"}, OFTEN),
    ],
)
def test_how_often_a_token_is_taken(tmp_path: Path, says: str, options: dict[str, Any], outcomes: list[str]) -> None:
    assert uses(tmp_path, says=says, **options) == outcomes


def test_open_takes_a_url_a_path_or_a_state(tmp_path: Path) -> None:
    kept: State = MemoryState()
    for place in (f"sqlite:///{tmp_path}/one.sqlite", tmp_path / "two.sqlite", kept):
        assert uses(tmp_path, restart=True, state=place) == ONCE
    assert uses(tmp_path, restart=True) == OFTEN  # the memory of a process ends with it


def test_what_open_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistrationError) as refused:
        opened(tmp_path, replay="twice")
    assert refused.value.check == "replay"
    with pytest.raises(RegistrationError) as refused:
        opened(tmp_path, state="mysql://localhost")
    assert refused.value.check == "state-url"
    with pytest.raises(AccountFault) as fault:
        opened(tmp_path, state=tmp_path)
    assert fault.value.check == "state"
    with pytest.raises(AccountFault) as fault:
        uses(tmp_path / "elsewhere", says='replay = "twice"\n')
    assert (fault.value.file, fault.value.path) == ("account.toml", "$.replay")


def test_other_strict_checks_hold_where_a_token_is_taken_as_often_as_aws_does() -> None:
    sts, token = World(service={"replay": None}).sts, mint()
    for _ in range(2):
        assume(sts, token)
    with pytest.raises(FederationError) as refused:
        assume(sts, token, at=AT + 10 * MINUTE)
    assert refused.value.check == "conditions-expiry"
    other = World(provider=provider(recipients=["https://elsewhere.example.com"]), service={"replay": None}).sts
    with pytest.raises(FederationError) as elsewhere:
        assume(other, token)
    assert elsewhere.value.check == "destination"
