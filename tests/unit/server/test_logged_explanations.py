"""The access log explains refusals, as long as that takes no longer than judging them."""

import json
import os
import time
from urllib.parse import urlencode

import pytest

from federation.errors import AccessDenied
from federation.server.access_log import AccessLog
from federation.server.endpoint import Endpoint
from federation.server.logged_explanations import MOST_CHARS, MOST_MICROS, Explainer
from federation.server.messages import Request
from federation.sts.service import SecurityTokenService
from tests.support.paths import FIXTURES
from tests.support.world import JUDGED

HEADERS = (("content-type", "application/x-www-form-urlencoded"), ("host", "localhost:8042"))


@pytest.fixture(scope="module")
def request_() -> Request:
    """A call that the trust policy refuses."""
    parameters = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::123456789012:role/GitHubDeploy",
        "RoleSessionName": "deploy",
        "WebIdentityToken": (FIXTURES / "oidc/github-branch.jwt").read_text("ascii").strip(),
    }
    return Request("POST", "/", "", HEADERS, urlencode(parameters).encode())


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    return Endpoint(SecurityTokenService.open(FIXTURES / "account", replay=None))


def test_a_refusal_is_explained_to_the_log_alone(endpoint: Endpoint, request_: Request) -> None:
    answer = endpoint.answer(request_, at=JUDGED)
    ours, theirs = os.pipe()
    AccessLog(theirs).write(request_, answer, micros=500)
    os.close(theirs)
    with os.fdopen(ours) as stream:
        [line] = stream.read().splitlines()

    entry = json.loads(line)
    assert entry["cause"] == "the token is a GitHub token for branch `feature`; the policy trusts branch `main`"
    assert json.loads(entry["edits"][0]["new"])[-1] == "repo:octo-org/octo-repo:ref:refs/heads/feature"
    assert b"branch `feature`" not in answer.response.body
    assert "eyJ" not in line
    assert len(json.dumps(entry["edits"])) <= MOST_CHARS


def test_a_flood_of_refusals_is_explained_no_longer_than_it_is_judged(endpoint: Endpoint, request_: Request) -> None:
    explainer, judging, explaining, told = Explainer(), 0, 0, []
    for _ in range(600):
        started = time.perf_counter_ns()
        raised = endpoint.answer(request_, at=JUDGED).raised
        judged = (time.perf_counter_ns() - started) // 1000
        assert isinstance(raised, AccessDenied)
        started = time.perf_counter_ns()
        told.append("cause" in explainer.members(raised, micros=judged))
        explaining += (time.perf_counter_ns() - started) // 1000
        judging += judged

    longest = MOST_MICROS  # what one explanation may take beyond the time that is left
    assert explaining <= judging + MOST_MICROS + longest
    assert told[0]


def test_where_no_time_is_left_the_log_says_so(endpoint: Endpoint, request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    raised = endpoint.answer(request_, at=JUDGED).raised
    assert raised is not None
    clock = iter([0, 10 * MOST_MICROS * 1000])
    monkeypatch.setattr("federation.server.logged_explanations.time.perf_counter_ns", lambda: next(clock))
    explainer = Explainer()
    assert "cause" in explainer.members(raised, micros=100)
    assert explainer.members(raised, micros=100) == {"explained": False}
