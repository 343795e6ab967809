"""Both profiles speak: the one that decides, and the other one."""

from federation.account import load_account
from federation.account.live import LiveAccount
from federation.account.writing.roles import add_role
from federation.account.writing.saml_providers import add_saml_provider
from federation.page.accounts import served_accounts
from tests.support.page import answered, text_of
from tests.support.paths import FIXTURES
from tests.support.world import ACCOUNT, SAML_PROVIDER

TRUST = f"""{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"Federated": "{SAML_PROVIDER}"}},
"Action": "sts:AssumeRoleWithSAML"}}}}"""


def test_a_profile_that_does_not_decide_and_refuses_is_explained() -> None:
    live = LiveAccount.in_memory(ACCOUNT, profile="aws")
    metadata = (FIXTURES / "account" / "saml-providers" / "SAML-test" / "metadata.xml").read_bytes()
    with live.changing() as draft:
        add_saml_provider(draft, name="SAML-test", metadata=metadata)
        add_role(draft, name="TestSaml", trust_policy=TRUST)
    [served] = served_accounts([live.account], {})
    page = answered(served, pasted=(FIXTURES / "saml" / "refused" / "wrong-audience.b64").read_text("ascii"))
    [verdict], [aside] = page.xpath("//*[@id='verdict']"), page.xpath("//section[@id='aside']")
    assert text_of(verdict).startswith("✓ granted")
    assert "profile strict refuses: audience" in text_of(verdict)
    assert "https://sp.example.com" in text_of(aside)


def test_where_both_accept_there_is_nothing_to_add() -> None:
    [served] = served_accounts([load_account(FIXTURES / "account")], {})
    page = answered(served, pasted=(FIXTURES / "oidc" / "github.jwt").read_text("ascii"))
    assert page.xpath("//section[@id='aside']") == []
