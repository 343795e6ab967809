"""Whatever is pasted: nothing but what was found comes back, exactly as it stands, and nothing is raised."""

import json
from base64 import b64encode
from urllib.parse import quote, urlencode

from hypothesis import given
from hypothesis import strategies as st

from federation.judging.kinds import KINDS
from federation.judging.pasted import Container, find_tokens
from federation.judging.pasted.bare import stripped_token

PARTS = st.text("ABCdef012_-", min_size=1, max_size=30)
JWTS = st.tuples(PARTS, PARTS, PARTS).map(lambda parts: f"eyJ{parts[0]}.{parts[1]}.{parts[2]}")
RESPONSES = st.text("<>abc =\"'&é", max_size=60).map(
    lambda text: b64encode(f'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol">{text}'.encode()).decode()
)
NAMES = st.text("ABCabc_", min_size=1, max_size=10)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), JWTS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.sampled_from(["log", "entries", "id_token", "value"]), inner, max_size=4)
    ),
    max_leaves=20,
)
BEGINNINGS = st.sampled_from(
    [
        "",
        "{",
        "[",
        "<",
        "<html",
        "POST / HTTP/1.1\r\n",
        "HTTP/1.1 200 OK\r\n",
        "curl ",
        "https://a/?",
        "SAMLResponse=",
        "a: ",
        "\ufeff",
        "Bearer ",
    ]
)


@given(BEGINNINGS, st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_anything(beginning: str, rest: bytes) -> None:
    pasted = beginning.encode() + rest
    found = find_tokens(pasted)
    assert all(token.kind in KINDS for token in found.tokens)
    assert len({token.token for token in found.tokens}) == len(found.tokens)
    if found.container is Container.NONE:
        [token] = found.tokens
        assert token.place == ""
        assert b"".join(token.token.split()) in b"".join(pasted.replace(b"\xef\xbb\xbf", b"").split())


@given(JSON)
def test_any_json(document: object) -> None:
    text = json.dumps(document)
    found = find_tokens(text.encode())
    assert [each for each in found.tokens if each.place and each.token.decode("utf-8", "surrogatepass") not in _texts(document)] == []


def _texts(document: object) -> set[str]:
    if isinstance(document, dict):
        return set().union(*map(_texts, document.values())) if document else set()
    if isinstance(document, list):
        return set().union(*map(_texts, document)) if document else set()
    return {document.strip()} if isinstance(document, str) else set()


@given(st.one_of(JWTS, RESPONSES), st.dictionaries(NAMES, st.text(max_size=20), max_size=3))
def test_a_token_in_a_form_is_found_as_it_was_put_in(token: str, beside: dict[str, str]) -> None:
    name = "WebIdentityToken" if token.startswith("eyJ") else "SAMLResponse"
    body = urlencode({**beside, name: token})
    for pasted in (
        body,
        f"POST / HTTP/1.1\r\nHost: a\r\n\r\n{body}",
        f"curl https://a --data '{body}'",
        json.dumps({name: token}),
        f"https://a.example/x?{name}={quote(token, safe='')}",
        json.dumps({"log": {"entries": [{"request": {"method": "POST", "url": "https://a", "postData": {"text": body}}}]}}),
    ):
        [found] = find_tokens(pasted.encode()).tokens
        assert found.token.decode() == token
        assert token not in repr(found)


@given(st.one_of(JWTS, RESPONSES))
def test_a_token_alone_is_itself(token: str) -> None:
    [found] = find_tokens(token.encode()).tokens
    assert (found.token.decode(), found.left_out) == (token, ())
    assert stripped_token(token.encode()) == (token.encode(), ())
