"""Providers of web identities in an account directory: written, read again, and every fault with its file and place."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.account import add_oauth_provider, add_oidc_provider, add_token_information, init_account, load_account, register_jwks
from federation.account.issuers import find_oidc_provider
from federation.account.reading.oidc_providers import directory_of
from federation.errors import AccountFault, AccountFaults, FederationError, InvalidIdentityToken, NoSuchEntity
from federation.jose.decode import decode_token
from federation.oauth.registry import token_key
from tests.support.oidc import AT, NOW, forge, token

TOKEN = "Atza%7COpaque"
ANSWER = json.dumps({"iss": "https://www.amazon.com", "user_id": "amzn1.account.A", "aud": "c", "app_id": "a", "iat": NOW, "exp": 60})
JWKS = json.dumps(forge().jwks())


@pytest.fixture
def account(tmp_path: Path) -> Path:
    return init_account(tmp_path / "account", account_id="123456789012")


def add(account: Path, url: str = "https://issuer.example.com", **options: Any) -> str:
    return add_oidc_provider(account, **{"url": url, "client_ids": ["client-a"], "jwks": JWKS, **options})


def faults(account: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(AccountFaults) as caught:
        load_account(account)
    return [(fault.file, fault.path, fault.check) for fault in caught.value.faults]


def test_what_is_written_is_read_again(account: Path) -> None:
    discovery = json.dumps(forge().discovery())
    arn = add(account, client_ids=["a", 'b"\\\n\x7f', "ü"], discovery=discovery, algorithms=["RS256", "ES256"])
    provider = load_account(account).oidc_providers[arn]
    assert arn == provider.arn == "arn:aws:iam::123456789012:oidc-provider/issuer.example.com"
    assert provider.client_ids == ("a", 'b"\\\n\x7f', "ü")
    assert provider.algorithms == {"RS256", "ES256"}
    assert provider.discovery is not None
    assert provider.issuers == {"https://issuer.example.com"}


@pytest.mark.parametrize(
    ("url", "directory"),
    [
        ("https://issuer.example.com", "issuer.example.com"),
        ("https://sts.windows.net/8888/", "sts.windows.net/8888"),
        ("https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE", "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"),
        ("https://a.example/../../etc", "a.example/%2E%2E/%2E%2E/etc"),
        ("https://a.example/./x", "a.example/%2E/x"),
        ("https://a.example//x", "a.example/%/x"),
        ("https://a.example/.hidden", "a.example/%2Ehidden"),
        ("https://a.example/a%2Fb\\c:d", "a.example/a%252Fb%5Cc%3Ad"),
    ],
)
def test_the_directory_of_a_url(url: str, directory: str, account: Path) -> None:
    assert directory_of(url) == directory
    arn = add(account, url)
    assert (account / "oidc-providers" / directory / "provider.toml").is_file()
    assert load_account(account).oidc_providers[arn].url == url


def test_providers_lie_above_and_below_one_another(account: Path) -> None:
    urls = ["https://a.example/x/y", "https://a.example", "https://a.example/x", "https://A.example"]
    arns = {add(account, url) for url in urls}
    assert load_account(account).oidc_providers.keys() == arns
    for url in urls:
        with pytest.raises(AccountFault):
            add(account, f"{url}/")
    assert load_account(account).oidc_providers.keys() == arns


def test_the_built_in_providers_are_known_by_name(account: Path) -> None:
    assert add(account, "https://accounts.google.com") == "accounts.google.com"
    provider = load_account(account).oidc_providers["accounts.google.com"]
    assert provider.issuers == {"https://accounts.google.com", "accounts.google.com"}
    assert add(account, "https://cognito-identity.amazonaws.com") == "cognito-identity.amazonaws.com"


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"url": "http://issuer.example.com"}, "url"),
        ({"url": "https://issuer.example.com/?x"}, "url"),
        ({"client_ids": []}, "client-ids"),
        ({"client_ids": ["\ud800"]}, "settings"),
        ({"jwks": "{}"}, "jwks"),
        ({"jwks": 5}, "type"),
        ({"discovery": json.dumps({**forge().discovery(), "issuer": "https://other.example.com"})}, "discovery"),
        ({"algorithms": ["HS256"]}, "algorithms"),
    ],
)
def test_what_cannot_be_registered_is_not_written(account: Path, options: dict[str, Any], check: str) -> None:
    with pytest.raises(FederationError) as caught:
        add(account, **options)
    assert caught.value.check == check
    assert not (account / "oidc-providers").exists() or not list((account / "oidc-providers").rglob("*.*"))
    assert load_account(account).oidc_providers == {}


def test_faults_of_an_oidc_provider(account: Path) -> None:
    add(account)
    directory = account / "oidc-providers" / "issuer.example.com"
    settings = directory / "provider.toml"
    sound = settings.read_text(encoding="utf-8")
    for text, place in (
        (sound.replace("issuer.example.com", "other.example.com"), "$.url"),
        (sound + 'thumbprint = "x"\n', "$.thumbprint"),
        (sound + 'thumbprints = ["x"]\n', "$.thumbprints"),
        (sound + 'profile = "lax"\n', "$.profile"),
        (sound + "clock_skew = 601\n", "$.clock_skew"),
        (sound + 'reuse = "never"\n', "$.reuse"),
        ("client_ids = []\n", "$.client_ids"),
        ("url", ""),
    ):
        settings.write_text(text, encoding="utf-8")
        assert ("oidc-providers/issuer.example.com/provider.toml", place) in [found[:2] for found in faults(account)]
    settings.write_text(sound + f'thumbprints = ["{"a" * 40}"]\nreuse = "refused"\n', encoding="utf-8")
    assert [provider.reuse for provider in load_account(account).oidc_providers.values()] == ["refused"]
    (directory / "jwks.json").write_text('{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', encoding="utf-8")
    assert faults(account) == [("oidc-providers/issuer.example.com/jwks.json", "", "jwk-symmetric")]
    (directory / "jwks.json").write_text(JWKS, encoding="utf-8")
    (directory / "openid-configuration.json").write_text("{}", encoding="utf-8")
    assert faults(account) == [("oidc-providers/issuer.example.com/openid-configuration.json", "", "discovery")]
    (directory / "openid-configuration.json").unlink()
    settings.unlink()
    assert faults(account) == [("oidc-providers/issuer.example.com/provider.toml", "", "account")]


def test_what_lies_among_the_providers_by_mistake(account: Path) -> None:
    add(account)
    folder = account / "oidc-providers"
    (folder / "issuer.example.com" / "jwks.json.bak").write_text("x", encoding="utf-8")
    (folder / "empty.example.com").mkdir()
    found = {file for file, _, _ in faults(account)}
    assert found == {
        "oidc-providers/issuer.example.com/jwks.json.bak",
        "oidc-providers/empty.example.com/provider.toml",
    }


def test_a_provider_without_a_key_set_gets_one_later(account: Path) -> None:
    arn = add(account, jwks=None)
    loaded = load_account(account)
    assert loaded.oidc_providers[arn].notes == ("no key set is registered, so every token of the issuer is refused",)
    assert loaded.notes[-1] == f"{arn}: {loaded.oidc_providers[arn].notes[0]}"
    with pytest.raises(AccountFaults) as caught:
        register_jwks(account, url="https://issuer.example.com", jwks='{"keys": []}')
    assert [fault.check for fault in caught.value.faults] == ["jwks"]
    assert load_account(account) == loaded
    assert register_jwks(account, url="https://issuer.example.com", jwks=JWKS) == arn
    registered = load_account(account).oidc_providers[arn]
    assert (registered.keys.registered, registered.notes) == (True, ())
    with pytest.raises(NoSuchEntity):
        register_jwks(account, url="https://other.example.com", jwks=JWKS)


def test_token_information(account: Path) -> None:
    assert add_oauth_provider(account, name="www.amazon.com", client_ids=["c"]) == "www.amazon.com"
    file = add_token_information(account, provider="www.amazon.com", token=TOKEN, answer=ANSWER)
    assert file == f"{token_key('Atza|Opaque')}.json"
    written = b"".join(path.read_bytes() for path in account.rglob("*") if path.is_file())
    assert b"Opaque" not in written
    provider = load_account(account).oauth_providers["www.amazon.com"]
    assert provider.answers[token_key(TOKEN)].subject == "amzn1.account.A"
    with pytest.raises(AccountFault) as caught:
        add_token_information(account, provider="www.amazon.com", token="Atza|Opaque", answer=ANSWER)
    assert caught.value.check == "write"


def test_signed_introspection(account: Path) -> None:
    issuer = forge(issuer="https://as.example.com")
    answer = issuer.sign(
        json.dumps({"alg": "RS256", "kid": "key-1", "typ": "token-introspection+jwt"}).encode(),
        json.dumps(
            {
                "iss": "https://as.example.com",
                "aud": "us",
                "iat": NOW,
                "token_introspection": {"active": True, "sub": "alice", "exp": NOW + 60},
            }
        ).encode(),
    )
    add_oauth_provider(account, name="as.example.com", jwks=json.dumps(issuer.jwks()), resource_servers=["us"])
    assert add_token_information(account, provider="as.example.com", token=TOKEN, answer=answer).endswith(".jwt")
    assert load_account(account).oauth_providers["as.example.com"].answers[token_key(TOKEN)].signed
    for wrong in (answer[:-4] + "AAAA", '{"active": true, "sub": "alice"}'):
        with pytest.raises(FederationError) as caught:
            add_token_information(account, provider="as.example.com", token="other-token", answer=wrong)
        assert caught.value.check == "signed-introspection"


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"name": "https://www.amazon.com"}, "name"),
        ({"name": "../x"}, "name"),
        ({"name": "a.example", "client_ids": []}, "client-ids"),
        ({"name": "a.example", "jwks": JWKS}, "resource-servers"),
        ({"name": "a.example", "jwks": "{", "resource_servers": ["us"]}, "jwks"),
    ],
)
def test_a_server_that_cannot_be_registered(account: Path, options: dict[str, Any], check: str) -> None:
    with pytest.raises(FederationError) as caught:
        add_oauth_provider(account, **options)
    assert caught.value.check == check
    assert load_account(account).oauth_providers == {}


def test_information_that_cannot_be_kept(account: Path) -> None:
    add_oauth_provider(account, name="www.amazon.com")
    for arguments, check in (
        ({"provider": "graph.facebook.com"}, "account"),
        ({"provider": "../roles"}, "account"),
        ({"provider": 5}, "account"),
        ({"token": "a b c d"}, "form"),
        ({"token": 5}, "type"),
        ({"answer": "{"}, "token-information"),
        ({"answer": "x" * 65_537}, "token-information"),
        ({"answer": None}, "type"),
    ):
        given: dict[str, Any] = {"provider": "www.amazon.com", "token": TOKEN, "answer": ANSWER, **arguments}
        with pytest.raises(FederationError) as caught:
            add_token_information(account, **given)
        assert caught.value.check == check, arguments


def test_faults_of_an_oauth_provider(account: Path) -> None:
    add_oauth_provider(account, name="www.amazon.com")
    directory = account / "oauth-providers" / "www.amazon.com"
    key = "0" * 64
    (directory / f"{key}.json").write_text(ANSWER, encoding="utf-8")
    (directory / f"{'1' * 64}.json").write_text('{"user_id": 5}', encoding="utf-8")
    assert faults(account) == [(f"oauth-providers/www.amazon.com/{'1' * 64}.json", "", "token-information")]
    (directory / f"{'1' * 64}.json").unlink()
    (directory / f"{key}.jwt").write_text("x", encoding="utf-8")
    (directory / "token.txt").write_text(TOKEN, encoding="utf-8")
    (directory / "jwks.json").write_text("{", encoding="utf-8")
    found = {file.rpartition("/")[2] for file, _, _ in faults(account)}
    assert found == {f"{key}.jwt", "token.txt", "jwks.json"}
    (account / "oauth-providers" / "not a host").mkdir()
    assert ("oauth-providers/not a host", "", "name") in faults(account)


def test_the_account_decides_profile_and_leeway_where_the_provider_does_not(account: Path) -> None:
    settings = account / "account.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"strict"', '"aws"') + "clock_skew = 30\n", encoding="utf-8")
    arn = add(account)
    provider = load_account(account).oidc_providers[arn]
    assert (provider.profile.value, provider.clock_skew.total_seconds()) == ("aws", 30)
    toml = account / "oidc-providers" / "issuer.example.com" / "provider.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + 'profile = "strict"\nclock_skew = 0\n', encoding="utf-8")
    provider = load_account(account).oidc_providers[arn]
    assert (provider.profile.value, provider.clock_skew.total_seconds()) == ("strict", 0)
    assert AT.year == 2026


@pytest.mark.parametrize("issuer", ["http://localhost:8080/realms/dev", "https://issuer.example.com:8443"])
def test_no_command_is_named_for_an_issuer_that_iam_does_not_take(issuer: str) -> None:
    with pytest.raises(InvalidIdentityToken) as refusal:
        find_oidc_provider(decode_token(token(iss=issuer)), {})
    assert refusal.value.check == "provider"
    assert "set the public URL of the identity provider" in refusal.value.remedy
    assert "add-oidc-provider" not in refusal.value.remedy
