"""Who issued a response, for whom and for where: the cause, both values, and the edit that makes the login succeed."""

from dataclasses import replace
from typing import Any

import pytest

from federation.account import Account
from federation.saml.registration.provider import SamlProvider
from federation.testing import SHAPES, Login, SamlForge, to_base64
from tests.support.explaining import edit_of, element, explained, granted
from tests.support.sts import saml_login
from tests.support.sts.saml_login import PROVIDER, World, login
from tests.support.world import ACCOUNT, OTHER

OTHER_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Second"
SECOND_ISSUER = "https://second.example.com/saml"
SIGN_IN = "https://signin.aws.amazon.com/saml"


def second() -> tuple[SamlForge, SamlProvider]:
    """A second identity provider, which signs with the same key as the first."""
    forge = SamlForge(key=saml_login.forge().key, issuer=SECOND_ISSUER)
    return forge, SamlProvider.from_metadata(forge.metadata(), arn=OTHER_PROVIDER)


def mint(made: Login | None = None, **how: Any) -> str:
    """A response in a form that names the audience in one place alone."""
    forge = replace(saml_login.forge(), shape=SHAPES["ping"])
    return to_base64(forge.response(made or login(), **{"sign": "assertion", **how}))


def issued_by(issuer: str, **changes: Any) -> str:
    return mint(login(issuer=issuer, response_issuer=issuer, **changes))


class TwoProviders(World):
    """The account with both."""

    @property
    def account(self) -> Account:
        account = super().account
        return replace(account, saml_providers={**account.saml_providers, OTHER_PROVIDER: second()[1]})


def from_second() -> str:
    attributes = saml_login.attributes(Role=(f"{saml_login.ROLE},{OTHER_PROVIDER}",))
    return to_base64(second()[0].response(login(attributes=attributes), sign="assertion"))


@pytest.mark.parametrize(
    ("issuer", "how"),
    [
        ("https://idp.example.com/saml/", "in a slash at the end"),
        ("https://IDP.example.com/saml", "in upper and lower case alone"),
        ("http://idp.example.com/saml", "in http against https"),
    ],
)
def test_an_issuer_is_compared_with_the_nearest_entity_id(issuer: str, how: str) -> None:
    explanation = explained(World(), issued_by(issuer), check="issuer")
    cause, edit = explanation.first.causes[0], edit_of(explanation, "provider")
    assert f"`{issuer}`" in cause.sentence
    assert "`https://idp.example.com/saml`" in cause.sentence
    assert cause.sentence.endswith(how)
    assert (cause.comparisons[0].expected, cause.comparisons[0].found) == ("https://idp.example.com/saml", issuer)
    assert not cause.unverified
    assert (edit.old, edit.new) == ("https://idp.example.com/saml", issuer)
    assert (edit.place.file, edit.place.path) == ("saml-providers/Example/metadata.xml", "EntityDescriptor/@entityID")
    assert edit.command == "federation account update-saml-provider --name Example --metadata metadata.xml"
    assert f"aws iam update-saml-provider --saml-provider-arn {PROVIDER}" in edit.instruction
    corrected = SamlProvider(arn=PROVIDER, entity_ids=str(edit.new), certificates=saml_login.forge().key.certificate_pem())
    assert granted(World(provider=corrected), issued_by(issuer))


def test_a_tenant_id_is_named() -> None:
    one, other = (f"https://sts.windows.net/{digit * 8}-2222-4333-8444-555555555555/" for digit in "12")
    registered = SamlProvider(arn=PROVIDER, entity_ids=one, certificates=saml_login.forge().key.certificate_pem())
    explanation = explained(World(provider=registered), issued_by(other), check="issuer")
    assert explanation.cause.endswith("they differ in their UUID, such as the id of a tenant")


def test_the_other_provider_of_the_issuer_is_named() -> None:
    world = TwoProviders()
    explanation = explained(world, from_second(), check="issuer")
    assert f"`{SECOND_ISSUER}`, which is registered as `{OTHER_PROVIDER}`" in explanation.cause
    edit = edit_of(explanation, "call")
    assert (edit.place.path, edit.old, edit.new) == ("PrincipalArn", PROVIDER, OTHER_PROVIDER)
    later = [each.causes[0].check for each in explanation.later]
    assert later == ["principal"], "the role trusts the first provider alone"


def test_a_provider_that_is_not_registered_is_compared_with_those_that_are() -> None:
    named = f"arn:aws:iam::{ACCOUNT}:saml-provider/example"
    explanation = explained(World(), mint(), check="provider", principal_arn=named)
    cause, edit = explanation.first.causes[0], edit_of(explanation, "call")
    assert f"no SAML provider `{named}`" in cause.sentence
    assert f"registered as `{PROVIDER}`" in cause.sentence
    assert cause.listings[0].nearest == PROVIDER
    assert cause.unverified
    assert (edit.old, edit.new) == (named, PROVIDER)
    assert granted(World(), mint(), principal_arn=edit.new)


def test_another_account_and_an_unknown_issuer_are_said() -> None:
    named = f"arn:aws:iam::{OTHER}:saml-provider/Elsewhere"
    explanation = explained(World(), mint(login(issuer="https://unknown.example.com")), check="provider", principal_arn=named)
    assert f"it names the account {OTHER}, and this one is {ACCOUNT}" in explanation.cause
    assert "`https://unknown.example.com`, for which none is registered" in explanation.cause
    edit = edit_of(explanation, "account")
    assert edit.command == "federation account add-saml-provider --name Elsewhere metadata.xml"
    assert "aws iam create-saml-provider --name Elsewhere" in edit.instruction


def test_swapped_arns_are_told() -> None:
    explanation = explained(World(), mint(), check="provider", role_arn=PROVIDER, principal_arn=saml_login.ROLE)
    assert "are swapped" in explanation.cause
    changes = {edit.place.path: edit.new for edit in explanation.first.edits}
    assert not explanation.first.alternatives
    assert granted(World(), mint(), role_arn=changes["RoleArn"], principal_arn=changes["PrincipalArn"])


@pytest.mark.parametrize(
    ("found", "wanted", "part"),
    [
        ("urn:amazon:webservices/", "urn:amazon:webservices", "in a slash at the end"),
        ("urn:amazon:WebServices", "urn:amazon:webservices", "in upper and lower case alone"),
        (f"{SIGN_IN}/", SIGN_IN, "in a slash at the end"),
        ("urn:amazon:webservices:govcloud", "urn:amazon:webservices", "is that of the partition aws-us-gov, not of aws"),
        ("https://app.example.com", "urn:amazon:webservices", "the provider takes"),
    ],
)
def test_an_audience_is_compared_with_those_of_the_provider(found: str, wanted: str, part: str) -> None:
    explanation = explained(World(), mint(login(audiences=(found,))), check="audience")
    cause, edit = explanation.first.causes[0], edit_of(explanation, "identity-provider")
    assert f"`{found}`" in cause.sentence
    assert "`urn:amazon:webservices`" in cause.sentence
    assert part in cause.sentence
    assert (edit.old, edit.new, edit.place.path) == (found, wanted, "Conditions/AudienceRestriction/Audience")
    assert cause.listings[0].label == "registered audiences"
    assert explanation.aws_accepts
    assert (explanation.aws_message, explanation.aws_shown_by) == ("Response does not contain the required audience.", "console")
    assert granted(World(), mint(login(audiences=(edit.new,))))


def test_no_audience_is_not_another_one() -> None:
    explanation = explained(World(), mint(login(audiences=())), check="audience")
    assert explanation.cause == "the assertion restricts its audience to nobody: it has no Audience"
    assert edit_of(explanation, "identity-provider").new == "urn:amazon:webservices"


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (f"{SIGN_IN}/", SIGN_IN),
        ("http://signin.aws.amazon.com/saml", SIGN_IN),
        ("https://us-east-1.signin.aws.amazon.com/static/saml", "https://us-east-1.signin.aws.amazon.com/saml"),
        ("https://eu-west-1.signin.aws.amazon.com/SAML", "https://eu-west-1.signin.aws.amazon.com/saml"),
        ("https://signin.aws.amazon.com/saml/acs", SIGN_IN),
        ("https://signin.amazonaws.cn/saml", SIGN_IN),
        ("https://sp.example.com/acs", SIGN_IN),
    ],
)
def test_a_recipient_is_compared_with_the_urls_of_aws(found: str, wanted: str) -> None:
    explanation = explained(World(), mint(login(recipient=found)), check="recipient")
    cause, edit = explanation.first.causes[0], edit_of(explanation, "identity-provider")
    assert f"the recipient of the assertion is `{found}`" in cause.sentence
    assert (edit.old, edit.new, edit.place.path) == (found, wanted, "SubjectConfirmationData/@Recipient")
    assert explanation.aws_accepts
    assert granted(World(), mint(login(recipient=edit.new)))


def test_the_url_of_one_provider_is_registered() -> None:
    found = "https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLSPABCDEFGHIJK"
    explanation = explained(World(), mint(login(recipient=found)), check="recipient")
    edit = explanation.first.edits[0]
    assert (edit.place.owner, edit.place.file, edit.place.path) == ("provider", "saml-providers/Example/provider.toml", "recipients")
    assert edit.new == f"{SIGN_IN}, {found}"
    assert edit.command.endswith(f"--recipient {SIGN_IN} --recipient {found}")
    recipients = str(edit.new).split(", ")
    assert granted(World(provider=saml_login.provider(recipients=recipients)), mint(login(recipient=found)))


def test_a_partition_of_a_recipient_is_named() -> None:
    explanation = explained(World(), mint(login(recipient="https://signin.amazonaws-us-gov.com/saml")), check="recipient")
    assert "is that of the partition aws-us-gov, not of aws" in explanation.cause


def test_registered_recipients_are_listed() -> None:
    world = World(provider=saml_login.provider(recipients=["https://sp.example.com/saml/acs", "https://sp.example.net/acs"]))
    explanation = explained(
        world, mint(login(recipient="https://sp.example.com/saml/ACS", destination="https://sp.example.net/acs")), check="recipient"
    )
    cause = explanation.first.causes[0]
    assert cause.listings[0].members[0] == cause.listings[0].nearest == "https://sp.example.com/saml/acs"
    assert edit_of(explanation, "identity-provider").new == "https://sp.example.com/saml/acs"


def test_a_destination_is_another_url_or_none() -> None:
    explanation = explained(World(), mint(login(destination="https://sp.example.com/")), check="destination")
    assert "the destination of the Response is `https://sp.example.com/`" in explanation.cause
    assert edit_of(explanation, "identity-provider").place.path == "Response/@Destination"
    missing = explained(World(), mint(login(destination=None), sign="both"), check="destination")
    assert missing.cause == "the signed Response states no Destination"
    assert edit_of(missing, "identity-provider").new == SIGN_IN


def test_two_issuers_in_one_message_are_told() -> None:
    explanation = explained(World(), mint(login(response_issuer="https://proxy.example.com")), check="response-issuer")
    assert explanation.cause == "the Response is of `https://proxy.example.com`, and its Assertion of `https://idp.example.com/saml`"
    assert edit_of(explanation, "identity-provider").new == "https://idp.example.com/saml"
    assert explanation.aws_accepts
    none = explained(World(), mint(login(response_issuer=None), sign="both"), check="response-issuer")
    assert none.cause.startswith("the Response names no Issuer")


def changed(name: str, attribute: str, value: str) -> Any:
    def change(response: Any) -> None:
        element(response, name).set(attribute, value)

    return change


def test_a_name_for_another_service_provider_is_told() -> None:
    token = mint(before_signing=changed("NameID", "SPNameQualifier", "urn:amazon:webservices:cn-north-1"))
    explanation = explained(World(), token, check="sp-name-qualifier")
    assert "`urn:amazon:webservices:cn-north-1`" in explanation.cause
    assert edit_of(explanation, "identity-provider").new == "urn:amazon:webservices"


def test_answers_to_different_requests_are_told() -> None:
    token = mint(login(in_response_to="_one"), before_signing=lambda response: response.set("InResponseTo", "_two"))
    explanation = explained(World(), token, check="in-response-to")
    assert "`_one`" in explanation.cause
    assert "`_two`" in explanation.cause
    assert edit_of(explanation, "token").old == "_one"


def test_the_setting_is_named_as_the_vendor_names_it() -> None:
    issuer = "https://sts.windows.net/11111111-2222-4333-8444-555555555555/"
    registered = SamlProvider(arn=PROVIDER, entity_ids=issuer, certificates=saml_login.forge().key.certificate_pem())
    explanation = explained(World(provider=registered), issued_by(issuer, audiences=("urn:wrong",)), check="audience")
    edit = edit_of(explanation, "identity-provider")
    assert edit.place.setting == "Identifier (Entity ID)"
    assert edit.place.source.startswith("https://learn.microsoft.com/")
    assert edit.instruction == "At Microsoft Entra ID, set “Identifier (Entity ID)” to `urn:amazon:webservices`."
