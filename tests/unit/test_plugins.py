"""Plug-ins come by name alone, add kinds of tokens, and are held to the provider they were asked about (attack row O07)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from federation import validators
from federation.check_names import PluginCheck
from federation.errors import InternalFailure, RegistrationError
from federation.identity import Identity, _verified
from federation.profiles import Profile
from federation.report import BOTH, CheckResult, Report
from tests.support.world import ISSUED

AT = ISSUED


@dataclass(frozen=True, slots=True)
class Host:
    kind: str = "loose"
    arn: str = "loose.example.com"
    profile: Profile = Profile.STRICT


@dataclass
class Loose:
    """A plug-in whose answers a test decides."""

    kind: str = "loose"
    identity: Any = field(
        default_factory=lambda: Identity(
            kind="loose", provider_arn="loose.example.com", issuer="i", subject="s", context_keys={"loose.example.com:sub": "s"}
        )
    )
    report: Any = None
    provider: Any = field(default_factory=Host)

    def recognises(self, token: object) -> Any:
        return token

    def validate(self, token: object, provider: object, *, at: datetime) -> Any:
        return self.identity

    def diagnose(self, token: object, provider: object, *, at: datetime) -> Any:
        return self.report or Report(kind="loose", profile=Profile.STRICT, results=())

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Any:
        return self.provider


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install plug-ins by name for one test."""
    points: list[EntryPoint] = []

    class Point:
        def __init__(self, name: str, plugin: Any) -> None:
            self.name, self.plugin, self.value = name, plugin, "package.module:Name"

        def load(self) -> Any:
            if isinstance(self.plugin, Exception):
                raise self.plugin
            return lambda: self.plugin

    def install(name: str, plugin: Any) -> None:
        points.append(Point(name, plugin))  # type: ignore[arg-type]  # what is used of an entry point

    monkeypatch.setattr(validators, "entry_points", lambda *, group: points if group == validators.ENTRY_POINT_GROUP else [])
    for cached in (validators.validator, validators.plugin):
        cached.cache_clear()
    yield install
    for cached in (validators.validator, validators.plugin):
        cached.cache_clear()


def test_a_plug_in_is_reached_by_its_name(plugged: Any) -> None:
    plugged("loose", Loose())
    assert validators.validate("t", Host(), at=AT).subject == "s"
    assert validators.diagnose("t", Host(), at=AT).accepted
    assert list(validators.installed()) == ["loose"]
    assert validators.validator("loose").recognises("t") is False, "nothing but True is yes"


@pytest.mark.parametrize(
    "installed",
    [
        [],
        [Loose(), Loose()],
        [ImportError("no such module")],
        [SystemError("s")],
        [Loose(kind="other")],
        [object()],
        [type("Bare", (), {"kind": "loose", "validate": print})()],
    ],
    ids=["none", "two", "import", "crash", "kind", "object", "methods"],
)
def test_what_is_no_plug_in_is_refused(plugged: Any, installed: list[Any]) -> None:
    for each in installed:
        plugged("loose", each)
    with pytest.raises(RegistrationError) as refusal:
        validators.validate("t", Host(), at=AT)
    assert refusal.value.check == "validator"


def test_o07_a_built_in_name_is_not_open(plugged: Any) -> None:
    plugged("saml2-response", Loose(kind="saml2-response"))
    assert type(validators.validator("saml2-response")).__module__ == "federation.saml.validator"
    assert validators.installed() == {}
    with pytest.raises(RegistrationError):
        validators.plugin("saml2-response")


@pytest.mark.parametrize(
    "identity",
    [
        None,
        "alice",
        Identity(kind="saml2-response", provider_arn="loose.example.com", issuer="i", subject="s"),
        Identity(kind="loose", provider_arn="arn:aws:iam::123456789012:saml-provider/SAML-test", issuer="i", subject="s"),
        *(
            Identity(kind="loose", provider_arn="loose.example.com", issuer="i", subject="s", context_keys={key: "x"})
            for key in ("aws:PrincipalArn", "saml:sub", "loose.example.com.evil:sub", "gitlab.com:sub", "loose.example.com")
        ),
    ],
)
def test_o07_a_plug_in_speaks_for_its_own_provider_alone(plugged: Any, identity: Any) -> None:
    plugged("loose", Loose(identity=identity))
    with pytest.raises(InternalFailure) as refusal:
        validators.validate("t", Host(), at=AT)
    assert refusal.value.check == "plug-in"
    if identity is not None:
        with pytest.raises(InternalFailure):
            validators.diagnose("t", Host(), at=AT)


def test_o07_a_name_that_prefixes_the_keys_of_others_has_none(plugged: Any) -> None:
    identity = Identity(kind="loose", provider_arn="aws", issuer="i", subject="s", context_keys={"aws:PrincipalOrgID": "o"})
    plugged("loose", Loose(identity=identity))
    with pytest.raises(InternalFailure):
        validators.validate("t", Host(arn="aws"), at=AT)


REFUSAL = RegistrationError(check=PluginCheck("c"), expected="e", found="f", remedy="r")


@pytest.mark.parametrize(
    "report",
    [
        Report(kind="loose", profile=Profile.STRICT, results=(), identity=_verified(*Loose().identity)),
        Report(kind="oidc-id-token", profile=Profile.STRICT, results=()),
        Report(kind="loose", profile=Profile.AWS, results=()),
        "accepted",
    ],
    ids=["identity", "kind", "profile", "text"],
)
def test_o07_a_report_says_no_more_than_its_checks(plugged: Any, report: Any) -> None:
    plugged("loose", Loose(report=report))
    with pytest.raises(InternalFailure) as broken:
        validators.diagnose("t", Host(), at=AT)
    assert broken.value.check == "plug-in"


def test_o07_a_report_accepts_nothing_that_validate_refuses(plugged: Any) -> None:
    class Divided(Loose):
        def validate(self, token: object, provider: object, *, at: datetime) -> Any:
            raise REFUSAL

    plugged("loose", Divided())
    with pytest.raises(InternalFailure) as broken:
        validators.diagnose("t", Host(), at=AT)
    assert (broken.value.check, broken.value.found) == ("plug-in", "one that passes `c`")


def test_o07_a_report_that_refuses_names_nobody(plugged: Any) -> None:
    refused = Report(kind="loose", profile=Profile.STRICT, results=(CheckResult(PluginCheck("c"), "", BOTH, "refused", REFUSAL),))
    plugged("loose", Loose(report=refused))
    assert validators.diagnose("t", Host(), at=AT).identity is None


def test_o07_what_a_plug_in_keeps_it_cannot_change_afterwards(plugged: Any) -> None:
    keys, attributes = {"loose.example.com:sub": "s"}, {"a": "b"}
    plugged("loose", Loose(identity=Loose().identity._replace(context_keys=keys, attributes=attributes)))
    identity = validators.validate("t", Host(), at=AT)
    keys["aws:PrincipalArn"], attributes["a"] = "arn", "c"
    assert (dict(identity.context_keys), dict(identity.attributes)) == ({"loose.example.com:sub": "s"}, {"a": "b"})


def test_o07_an_identity_of_another_class_is_none(plugged: Any) -> None:
    class Twofold(Identity):
        """Says one thing where it is asked for a field and another where it is copied."""

    plugged("loose", Loose(identity=Twofold(*Loose().identity)))
    with pytest.raises(InternalFailure):
        validators.validate("t", Host(), at=AT)


def test_a_crash_is_a_bug_and_no_verdict(plugged: Any) -> None:
    class Crashing(Loose):
        def validate(self, token: object, provider: object, *, at: datetime) -> Any:
            raise KeyError("a secret")

    plugged("loose", Crashing())
    with pytest.raises(InternalFailure) as refusal:
        validators.validate("t", Host(), at=AT)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("provider", [None, Host(arn="other.example.com"), Host(kind="saml2-response")])
def test_a_plug_in_registers_the_provider_it_was_asked_for(plugged: Any, provider: Any) -> None:
    plugged("loose", Loose(provider=provider))
    with pytest.raises(InternalFailure):
        validators.plugin("loose").register("loose.example.com", settings={}, files={}, profile=Profile.STRICT)
