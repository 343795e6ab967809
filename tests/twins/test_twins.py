"""What the fast engine proves, the Python engine proves with the same octets and values: of samples, and of some thousand mutants."""

from collections.abc import Iterator

import pytest
from lxml import etree

from federation.saml.registration.keys import VerificationKey, load_certificates
from federation.saml.xml import DS
from tests.support.awkward import ASSERTION_ID, FORMS, PREFIX_LISTS, RESPONSE_ID, sign_by_libxmlsec
from tests.support.engines import needs_fast
from tests.support.jdk import Awkward, Jdk, has_jdk, needs_jdk, running_jdk
from tests.support.paths import FIXTURES
from tests.support.signatures import registered, signing_key
from tests.twins import comparing
from tests.twins.comparing import Comparison, compare, engine
from tests.twins.judging import tally_of_range
from tests.twins.mutants import mutant
from tests.twins.resigned import tally_of_resigned
from tests.twins.seeds import seeds
from tests.twins.smaller import smallest
from tests.twins.voices import jdk_difference

pytestmark = needs_fast

PARTS, SIZE = 4, 500


@pytest.fixture(scope="module")
def jdk() -> Iterator[Jdk | None]:
    if not has_jdk():
        yield None
        return
    with running_jdk() as process:
        yield process


def fixture_keys() -> tuple[VerificationKey, ...]:
    trees = [etree.parse(str(path)) for path in sorted((FIXTURES / "saml" / "metadata").glob("*.xml"))]
    texts = {found.text or "" for tree in trees for found in tree.iter(f"{DS}X509Certificate")}
    return tuple(key for text in sorted(texts) for key in load_certificates(text))


def agree(octets: bytes, keys: tuple[VerificationKey, ...], permit: frozenset[str], jdk: Jdk | None) -> Comparison:
    """The comparison for the first provider. The others, and the JDK, are asked too where the fast engine proves anything."""
    found = compare(octets, keys, permit, 0)
    assert found.difference == ""
    if found.fast:
        for variant in range(1, len(comparing.PROVIDERS)):
            assert compare(octets, keys, permit, variant).difference == ""
        assert jdk is None or jdk_difference(jdk, octets, keys, engine()(octets), proved=True) == ""
    return found


@pytest.mark.wide
@pytest.mark.parametrize("part", range(PARTS))
def test_the_engines_agree_on_every_sample(jdk: Jdk | None, part: int) -> None:
    """Fixtures, and captures and corpora where they are; they are read here, and not when tests are collected."""
    for seed in seeds()[part::PARTS]:
        found = agree(seed.octets, seed.keys or fixture_keys(), seed.permit, jdk)
        if seed.name.startswith("fixture: ") and b"\r" not in seed.octets:
            assert found.fast == found.python, seed.name


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.wide) for part in range(1, PARTS))])
def test_the_engines_agree_on_mutants(part: int) -> None:
    tally = tally_of_range(1, range(part * SIZE, part * SIZE + SIZE), sample=0)
    assert tally.differences == []
    assert tally.outcomes["fast"] > SIZE / 50


@pytest.mark.parametrize("part", range(2))
def test_the_engines_agree_on_mutants_that_others_sign(jdk: Jdk | None, part: int) -> None:
    tally = tally_of_resigned(1, range(part * 40, part * 40 + 40), jdk)
    assert tally.differences == []
    assert tally.outcomes["fast"] > 5


@pytest.mark.parametrize("form", FORMS)
def test_the_engines_agree_on_awkward_forms(jdk: Jdk | None, form: str) -> None:
    for prefixes in PREFIX_LISTS:
        for element_id in (ASSERTION_ID, RESPONSE_ID):
            signed = sign_by_libxmlsec(FORMS[form], element_id, signing_key(), lists=(prefixes, prefixes))
            found = agree(signed, registered(signing_key()), frozenset(), jdk)
            assert found.python
            assert found.fast == ("#default" not in prefixes)


@needs_jdk
@pytest.mark.parametrize("form", FORMS)
def test_the_engines_agree_on_awkward_forms_of_the_jdk(jdk: Jdk | None, form: str) -> None:
    assert jdk is not None
    for prefixes in PREFIX_LISTS:
        signed = jdk.sign(FORMS[form], ASSERTION_ID, signing_key().private, Awkward("", prefixes, prefixes))
        found = agree(signed, registered(signing_key()), frozenset(), jdk)
        assert found.python
        assert found.fast == ("#default" not in prefixes)


def test_a_mutant_follows_from_its_number() -> None:
    assert [mutant(7, number).octets() for number in range(40)] == [mutant(7, number).octets() for number in range(40)]
    assert mutant(7, 3).octets() != mutant(8, 3).octets()


def test_a_difference_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that writes one attribute otherwise is found out, and little more than the attribute is left."""
    propose = engine()

    def broken(octets: bytes) -> object:
        proposal = propose(octets)
        if proposal is None or b"SessionIndex" not in octets:
            return proposal
        response, own = (each and (*each[:7], each[7].replace(b"SessionIndex", b"sessionIndex")) for each in proposal[:2])
        return (response, own, *proposal[2:])

    monkeypatch.setattr(comparing, "engine", lambda: broken)
    kind = "canonical octets that are not libxml2's"
    number = next(number for number in range(2_000) if compare_number(number).difference == kind)
    before, after = mutant(1, number), smallest(mutant(1, number), number, kind, tries=400)
    assert b"SessionIndex" in after.octets()
    assert len(after.octets()) < len(before.octets())


def compare_number(number: int) -> Comparison:
    made = mutant(1, number)
    return compare(made.octets(), made.keys, made.permit, number)
