"""Why the session that a login asks for cannot be issued."""

from hashlib import sha256

from federation.errors import FederationError
from tests.support.explaining import explained
from tests.support.sts import saml_login
from tests.support.sts.saml_login import World, attributes, login, mint
from tests.support.world import ACCOUNT

NARROW = f"arn:aws:iam::{ACCOUNT}:policy/Narrow"
OF_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def granted(**call: object) -> bool:
    try:
        World().assume(**call)
    except FederationError:
        return False
    return True


def test_a_policy_that_the_account_has_not() -> None:
    wrong = NARROW.replace("Narrow", "narrow")
    explanation = explained(World(), mint(), check="policy-arns", policy_arns=[OF_AWS, NARROW, {"arn": wrong}])
    assert f"PolicyArns names `{wrong}`" in explanation.cause
    [edit] = explanation.first.edits
    assert (edit.place.owner, edit.place.path, edit.old, edit.new) == ("call", "PolicyArns", wrong, NARROW)
    assert granted(policy_arns=[edit.new])


def test_a_policy_arn_of_another_form() -> None:
    explanation = explained(World(), mint(), check="policy-arns", policy_arns=["Narrow"])
    assert "length greater than or equal to 20" in explanation.cause
    assert explanation.first.edits[0].place.path.startswith("PolicyArns")


def test_a_session_that_is_too_big_tells_its_parts() -> None:
    tags = {
        f"PrincipalTag_T{number}": ["".join(sha256(f"{number} {part}".encode()).hexdigest() for part in "abcd")] for number in range(40)
    }
    explanation = explained(World(), mint(login(attributes=attributes(**tags))), check="session-token-size")
    assert "4096 are taken" in explanation.cause
    assert "tags" in explanation.first.edits[0].instruction.lower()
    assert saml_login.PREFIX not in explanation.cause
