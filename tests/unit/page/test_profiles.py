"""Who judges: both profiles, the one that decides and the other one; and of several providers that of the call."""

from urllib.parse import urlencode

from federation.account import load_account
from federation.account.live import LiveAccount
from federation.account.writing.roles import add_role
from federation.account.writing.saml_providers import add_saml_provider
from federation.page.accounts import served_accounts
from tests.support.page import answered, text_of
from tests.support.paths import FIXTURES
from tests.support.saml import forge
from tests.support.world import ACCOUNT, SAML_PROVIDER, SAML_ROLE

METADATA = "account/saml-providers/SAML-test/metadata.xml"
TRUST = f"""{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"Federated": "{SAML_PROVIDER}"}},
"Action": "sts:AssumeRoleWithSAML"}}}}"""


def test_a_profile_that_does_not_decide_and_refuses_is_explained() -> None:
    live = LiveAccount.in_memory(ACCOUNT, profile="aws")
    with live.changing() as draft:
        add_saml_provider(draft, name="SAML-test", metadata=(FIXTURES / METADATA).read_bytes())
        add_role(draft, name="TestSaml", trust_policy=TRUST)
    [served] = served_accounts([live.account], {})
    page = answered(served, pasted=(FIXTURES / "saml" / "refused" / "wrong-audience.b64").read_text("ascii"))
    [verdict], [aside] = page.xpath("//*[@id='verdict']"), page.xpath("//section[@id='aside']")
    assert text_of(verdict).startswith("✓ granted")
    assert "profile strict refuses: audience" in text_of(verdict)
    assert "https://sp.example.com" in text_of(aside)


def test_what_is_shown_as_signed_is_judged_by_the_provider_of_the_call() -> None:
    """A request may name another provider than the issuer's. Its keys refuse, so nothing may look signed by those of the issuer."""
    live = LiveAccount.in_memory(ACCOUNT)
    other = f"{SAML_PROVIDER}-other"
    with live.changing() as draft:
        add_saml_provider(draft, name="SAML-test", metadata=(FIXTURES / METADATA).read_bytes())
        add_saml_provider(draft, name="SAML-test-other", metadata=forge("idp-next-rsa2048").metadata())
        add_role(draft, name="TestSaml", trust_policy=TRUST)
    [served] = served_accounts([live.account], {})
    token = (FIXTURES / "saml" / "documented.b64").read_text("ascii").strip()
    for principal, proved in ((SAML_PROVIDER, True), (other, False)):
        form = urlencode({"Action": "AssumeRoleWithSAML", "RoleArn": SAML_ROLE, "PrincipalArn": principal, "SAMLResponse": token})
        page = answered(served, pasted=form)
        assert bool(page.xpath("//pre//span[@class='signed']")) is proved
        assert ("UNPROVED" in text_of(page.xpath("//*[@id='message']")[0])) is not proved


def test_where_both_accept_there_is_nothing_to_add() -> None:
    [served] = served_accounts([load_account(FIXTURES / "account")], {})
    page = answered(served, pasted=(FIXTURES / "oidc" / "github.jwt").read_text("ascii"))
    assert page.xpath("//section[@id='aside']") == []
