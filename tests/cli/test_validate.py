"""`federation validate` and `federation inspect` on the fixtures."""

import base64
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.cli import Golden, Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT

AT = JUDGED_TEXT
DOCUMENTED = "fixtures/saml/documented.b64"
METADATA = "fixtures/saml/metadata/shibboleth.xml"
ACCOUNT = "fixtures/account"


def test_accepted(run: Run, golden: Golden) -> None:
    result = run("validate", DOCUMENTED, "--metadata", METADATA, "--at", AT)
    assert (result.exit_code, result.stderr) == (0, "")
    golden("validate-accepted", result.stdout)


def test_accepted_by_account(run: Run, golden: Golden) -> None:
    result = run("validate", DOCUMENTED, "--account", ACCOUNT, "--at", AT)
    assert result.exit_code == 0
    golden("validate-account", result.stdout)


def test_refused(run: Run, golden: Golden) -> None:
    result = run("validate", "fixtures/saml/refused/wrong-audience.b64", "--account", ACCOUNT, "--at", AT)
    assert result.exit_code == 1
    golden("validate-refused", result.stdout)


def test_tampered_shows_no_identity(run: Run, golden: Golden) -> None:
    result = run("validate", "fixtures/saml/refused/tampered.b64", "--account", ACCOUNT, "--at", AT)
    assert result.exit_code == 1
    golden("validate-tampered", result.stdout)
    assert all("UNVERIFIED" in line for line in result.stdout.splitlines() if "admin" in line)


def test_profile_decides(run: Run) -> None:
    words = ("validate", "fixtures/saml/refused/wrong-audience.b64", "--metadata", METADATA, "--at", AT)
    assert run(*words, "--profile", "aws").exit_code == 0
    assert run(*words, "--profile", "strict").exit_code == 1
    assert run(*words, "--audience", "https://sp.example.com").exit_code == 0
    by_account = ("validate", "fixtures/saml/refused/wrong-audience.b64", "--account", ACCOUNT, "--at", AT)
    assert run(*by_account, "--profile", "aws").exit_code == 0
    assert run(*by_account, "--profile", "strict", "--provider", "SAML-test").exit_code == 1


def test_json_is_the_documented_schema(run: Run) -> None:
    result = run("validate", DOCUMENTED, "--metadata", METADATA, "--at", AT, "--json")
    report = json.loads(result.stdout)
    assert list(report) == ["kind", "profile", "accepted", "verdicts", "checks", "identity", "claimed", "notes", "engine", "explanation"]
    assert report["accepted"] is True
    assert set(report["verdicts"]) == {"aws", "strict"}
    assert {frozenset(check) for check in report["checks"]} == {frozenset({"check", "clause", "profiles", "outcome", "refusal", "note"})}
    assert (report["identity"]["subject"], report["identity"]["subject_type"]) == ("SamlExample", "transient")
    assert result.stdout.isascii()


def test_json_of_a_refusal(run: Run) -> None:
    result = run("validate", "fixtures/saml/refused/expired.b64", "--account", ACCOUNT, "--at", "2026-11-24T12:06:00Z", "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["accepted"], report["identity"]) == (1, False, None)
    assert set(report["verdicts"]["strict"]["refusal"]) == {"code", "http_status", "check", "expected", "found", "remedy", "message"}
    assert report["verdicts"]["strict"]["refusal"]["code"] == "ExpiredTokenException"


def test_token_on_standard_input(run: Run) -> None:
    token = (REPOSITORY / DOCUMENTED).read_bytes()
    assert run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=token).exit_code == 0
    assert run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=b"\n" + token + b"\r\n").exit_code == 0


@pytest.mark.parametrize("token", [b"", b"\x00\xff", b"AAAA", b"not base64!", b"e30.e30.e30", b"<Response/>", b"A" * 2_000_000])
def test_any_octets_are_refused_with_a_status(token: bytes, run: Run) -> None:
    for verb in ("validate", "inspect"):
        words = ("--account", ACCOUNT, "--at", AT) if verb == "validate" else ()
        result = run(verb, "-", *words, stdin=token)
        assert result.exit_code == (0 if (verb, token) == ("inspect", b"AAAA") else 1), "an access token says nothing that could be wrong"
        assert "Traceback" not in result.output
        assert len(result.output) < 10_000, "a refusal does not repeat its input"


@pytest.mark.parametrize("document", [b"", b"<a/>", b"\x00", b"<html><body>Sign in</body></html>", b"<!DOCTYPE a><a/>"])
def test_metadata_at_fault(document: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "metadata.xml"
    path.write_bytes(document)
    result = run("validate", DOCUMENTED, "--metadata", path, "--at", AT)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "remedy" in result.stderr


def test_usage(run: Run) -> None:
    for words in (
        ("validate", DOCUMENTED),
        ("validate", DOCUMENTED, "--metadata", METADATA, "--account", ACCOUNT),
        ("validate", "no-such-file", "--metadata", METADATA),
        ("validate", "fixtures", "--metadata", METADATA),
        ("validate", DOCUMENTED, "--metadata", METADATA, "--at", "yesterday"),
        ("validate", DOCUMENTED, "--metadata", METADATA, "--at", "2026-11-24T12:00:30"),
        ("validate", DOCUMENTED, "--metadata", METADATA, "--max-age", "0"),
        ("validate", DOCUMENTED, "--metadata", METADATA, "--clock-skew", "601"),
        ("validate", DOCUMENTED, "--account", ACCOUNT, "--provider", "nobody"),
        ("validate", DOCUMENTED, "--account", ACCOUNT, "--permit", "rsa-sha1"),
        ("validate", DOCUMENTED, "--account", ACCOUNT, "--audience", "https://sp.example.com"),
        ("validate", DOCUMENTED, "--metadata", METADATA, "--provider", "SAML-test"),
        ("inspect",),
        ("inspect", "no\x00file"),
        ("frobnicate",),
    ):
        assert run(*words).exit_code == 2, words


def test_options_reach_the_provider(run: Run) -> None:
    base = ("validate", DOCUMENTED, "--metadata", METADATA)
    assert run(*base, "--at", "2026-11-24T12:04:00Z", "--max-age", "60").exit_code == 1
    assert run(*base, "--at", "2026-11-24T12:04:00Z", "--max-age", "none").exit_code == 0
    assert run(*base, "--at", AT, "--recipient", "https://sp.example.com/acs").exit_code == 1
    assert run(*base, "--at", AT, "--permit", "everything").exit_code == 2
    encrypted = ("validate", "fixtures/saml/encrypted.b64", "--metadata", METADATA, "--at", AT)
    assert run(*encrypted).exit_code == 1
    assert run(*encrypted, "--decryption-key", "fixtures/keys/sp-decryption-rsa2048.TEST-ONLY.key.pem").exit_code == 0


def test_the_twin_agrees(run: Run) -> None:
    for name, status in (("documented", 0), ("ecdsa", 1), ("refused/tampered", 1)):
        words = ("validate", f"fixtures/saml/{name}.b64", "--metadata", METADATA, "--at", AT)
        assert run(*words, "--verifier", "signxml").exit_code == run(*words).exit_code == status


def test_inspect_says_unverified_on_every_line(run: Run, golden: Golden) -> None:
    result = run("inspect", DOCUMENTED)
    assert result.exit_code == 0
    assert all(line.startswith("UNVERIFIED") for line in result.stdout.splitlines())
    golden("inspect", result.stdout)


def test_inspect_json(run: Run) -> None:
    claims = json.loads(run("inspect", DOCUMENTED, "--json").stdout)
    assert claims["verified"] is False
    assert claims["unverified"]["assertions"][0]["NameID"] == "SamlExample"


def test_a_token_cannot_paint_a_verdict(run: Run) -> None:
    document = base64.b64decode((REPOSITORY / DOCUMENTED).read_bytes()).decode()
    painted = base64.b64encode(document.replace(">SamlExample<", ">\u202e\u009b31m[bold]accepted&#10;UNPROVED<").encode())
    for words in (("inspect", "-"), ("validate", "-", "--account", ACCOUNT, "--at", AT, "--verbose")):
        output = run(*words, stdin=painted).output
        assert "\u202e" not in output
        assert "\u009b" not in output
        assert "[bold]accepted\\nUNPROVED" in output


SURROUNDED = {
    "mark": b"\xef\xbb\xbf%s",
    "quotes": b'"%s"\n',
    "bearer": b"Bearer %s",
    "header": b"authorization: bearer %s\r\n",
    "shell": b"'Authorization: Bearer %s'",
    "all": b'\xef\xbb\xbf "%s" \n',
}


@pytest.mark.parametrize("around", SURROUNDED)
@pytest.mark.parametrize("file", ["fixtures/oidc/github.jwt", DOCUMENTED, "fixtures/oauth/documented.token"])
def test_what_stands_around_a_token_is_left_out_and_said(around: str, file: str, run: Run) -> None:
    token = (REPOSITORY / file).read_bytes().strip()
    for words in (("validate", "-", "--account", ACCOUNT, "--at", AT, "--json"), ("inspect", "-", "--json")):
        result = run(*words, stdin=SURROUNDED[around] % token)
        assert (result.exit_code, result.stdout) == (0, run(*words, stdin=token).stdout)
        assert result.stderr.startswith("note: left out around the token: ")
        assert "would be refused" in result.stderr


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_another_shell_wrote_in_two_octets_a_character_is_read(encoding: str, run: Run) -> None:
    token = "\ufeff" + (REPOSITORY / DOCUMENTED).read_text(encoding="ascii")
    result = run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=token.encode(encoding))
    assert result.exit_code == 0
    assert "a byte order mark" in result.stderr


@pytest.mark.parametrize("columns", [64, 76])
def test_a_wrapped_id_token_is_joined(columns: int, run: Run) -> None:
    token = (REPOSITORY / "fixtures/oidc/github.jwt").read_text(encoding="ascii").strip()
    wrapped = "\r\n".join(token[n : n + columns] for n in range(0, len(token), columns))
    result = run("validate", "-", "--account", ACCOUNT, "--at", AT, stdin=wrapped)
    assert (result.exit_code, "line ends within it" in result.stderr) == (0, True)


@pytest.mark.parametrize(
    ("token", "cause", "edit"),
    [
        ("\ufeff%s", "with a byte order mark", "without a byte order mark"),
        ("Bearer %s", "begins with `Bearer`", "remove `Bearer` and the space after it"),
        ('"%s"', "stands in quotation marks", "remove the quotation marks around the token"),
    ],
)
def test_the_exchange_takes_a_token_as_it_is(token: str, cause: str, edit: str, run: Run) -> None:
    role = "arn:aws:iam::123456789012:role/GitHubDeploy"
    given = token % (REPOSITORY / "fixtures/oidc/github.jwt").read_text(encoding="ascii").strip()
    words = ("sts", "assume-role-with-web-identity", "--account", ACCOUNT, "--role-arn", role, "--at", AT, "--web-identity-token", given)
    result = run(*words)
    assert result.exit_code == 1
    text = " ".join(result.stderr.split())
    assert cause in text
    assert edit in text


def test_a_token_in_the_place_of_a_file_is_not_repeated(run: Run) -> None:
    for file in ("fixtures/oidc/github.jwt", DOCUMENTED):
        token = (REPOSITORY / file).read_text(encoding="ascii").strip()
        for words in (("inspect", token), ("validate", token, "--account", ACCOUNT), ("inspect", "eyJhbGciOiJ.e30.c2lnbmF0dXJl")):
            result = run(*words)
            assert result.exit_code == 2
            assert "put a token into a file, or pipe it to -" in result.stderr
            assert words[1] not in result.output


def har(*bodies: dict[str, str]) -> bytes:
    """A HAR file of a browser that posted *bodies*."""
    posted = [
        {"request": {"method": "POST", "url": "https://signin.aws.amazon.com/saml?x=1", "postData": {"text": urlencode(body)}}}
        for body in bodies
    ]
    return json.dumps({"log": {"entries": posted}}).encode()


def captured(file: str) -> str:
    return (REPOSITORY / file).read_text(encoding="ascii").strip()


@pytest.mark.parametrize("verb", ["inspect", "validate"])
def test_a_har_file_of_one_token_is_judged_and_what_was_left_out_is_told(run: Run, verb: str) -> None:
    words = ("--account", ACCOUNT, "--at", AT) if verb == "validate" else ()
    result = run(verb, "-", *words, "--json", stdin=har({"user": "a"}, {"SAMLResponse": captured(DOCUMENTED)}))
    alone = run(verb, DOCUMENTED, *words, "--json")
    assert (result.exit_code, result.stdout) == (0, alone.stdout)
    assert "everything but entry 2 of the HAR file, POST https://signin.aws.amazon.com/saml, field SAMLResponse" in result.stderr


def test_of_several_tokens_one_must_be_picked(run: Run) -> None:
    pasted = har({"SAMLResponse": captured(DOCUMENTED)}, {"WebIdentityToken": captured("fixtures/oidc/github.jwt")})
    refused = run("inspect", "-", "--json", stdin=pasted)
    assert refused.exit_code == 2
    said = json.loads(refused.stdout)["error"]
    assert said["code"] == "UsageError"
    assert "2 different tokens; choose one with --pick N" in said["message"]
    assert [json.loads(run("inspect", "-", "--pick", n, "--json", stdin=pasted).stdout)["kind"] for n in "12"] == [
        "saml2-response",
        "oidc-id-token",
    ]
    assert run("inspect", "-", "--pick", "3", stdin=pasted).exit_code == 2


def test_raw_xml_is_validated_as_its_base64_is(run: Run) -> None:
    words = ("--account", ACCOUNT, "--at", AT, "--json")
    raw = run("validate", "-", *words, stdin=base64.b64decode(captured(DOCUMENTED)))
    assert (raw.exit_code, raw.stdout) == (0, run("validate", DOCUMENTED, *words).stdout)
    assert "the XML was encoded as base64" in raw.stderr


def test_a_har_file_without_a_token_is_refused(run: Run) -> None:
    result = run("validate", "-", "--account", ACCOUNT, stdin=har({"user": "a"}))
    assert (result.exit_code, "a HAR file holds no token" in result.stderr) == (2, True)
