import pytest

from federation.errors import FederationError
from federation.server.messages import Request
from federation.server.multipart import MOST_PARTS, read_form

BOUNDARY = "----WebKitFormBoundaryAaB03x"


def posted(*parts: bytes, boundary: str = BOUNDARY, end: bytes = b"--\r\n") -> Request:
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + end
    return Request("POST", "/page", "", (("content-type", f"multipart/form-data; boundary={boundary}"),), body)


def part(name: str, content: bytes, more: str = "") -> bytes:
    return f'Content-Disposition: form-data; name="{name}"{more}'.encode() + b"\r\n\r\n" + content


def check_of(request: Request) -> str:
    with pytest.raises(FederationError) as caught:
        read_form(request)
    return caught.value.check


def test_fields_and_files() -> None:
    file = part("pasted_file", b"a\r\nb", '; filename="x.har"\r\nContent-Type: application/json')
    found = read_form(posted(part("pasted", "ü".encode()), part("role", b""), file))
    assert found == {"pasted": "ü", "role": "", "pasted_file": "a\r\nb"}


def test_text_that_is_no_utf_8_reaches_the_judgement() -> None:
    assert read_form(posted(part("pasted_file", b"\xff\xfea\x00"))) == {"pasted_file": "ÿþa\x00"}


def test_a_form_without_files_comes_either_way() -> None:
    request = Request("POST", "/page", "", (("content-type", "application/x-www-form-urlencoded"),), b"pasted=a+b")
    assert read_form(request) == {"pasted": "a b"}


@pytest.mark.parametrize(
    "request_",
    [
        posted(end=b""),
        posted(part("a", b""), end=b""),
        posted(part("a", b"")[:-4]),
        posted(b"Content-Disposition: form-data\r\n\r\n"),
        posted(b'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"\r\n\r\n'),
        posted(part("A b", b"")),
        posted(b"X: " + b"y" * 9_000 + b"\r\n" + part("a", b"")),
        posted(*(part(f"a{chr(97 + n // 26)}{chr(97 + n % 26)}", b"") for n in range(MOST_PARTS + 1))),
        Request("POST", "/page", "", (("content-type", "multipart/form-data"),), b"--a--"),
        Request("POST", "/page", "", (("content-type", "multipart/form-data; boundary=a"),), b"x--a\r\n\r\n--a--"),
    ],
)
def test_what_is_no_form_is_refused(request_: Request) -> None:
    assert check_of(request_) == "request-body"


def test_a_field_comes_once() -> None:
    assert check_of(posted(part("a", b"1"), part("a", b"2"))) == "duplicate-parameter"
