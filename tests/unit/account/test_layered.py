"""A mapping that shares what did not change equals the dictionary that takes the same changes."""

from collections.abc import Mapping
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from federation.account.reading import layered
from federation.account.reading.layered import Layered, changed

KEYS = st.integers(0, 2_000).map(str)


@given(
    small=st.booleans(),
    changes=st.lists(st.tuples(st.sets(KEYS, max_size=200), st.dictionaries(KEYS, st.integers(), max_size=200)), max_size=8),
)
def test_every_change_is_that_of_a_dictionary(small: bool, changes: list[tuple[set[str], dict[str, int]]]) -> None:  # noqa: FBT001
    plain = {str(key): key for key in range(10 if small else 1_000)}
    known: Mapping[str, int] = MappingProxyType(dict(plain))
    for gone, added in changes:
        before = dict(known)
        after = changed(known, gone, added)
        assert dict(known) == before
        for key in gone:
            plain.pop(key, None)
        plain.update(added)
        known = after
        assert dict(known) == plain
        assert known == plain
        assert len(known) == len(plain)
        assert {key for key in map(str, range(2_001)) if key in known} == plain.keys()


def test_a_large_mapping_is_shared_and_layers_stay_few() -> None:
    known: Mapping[str, int] = MappingProxyType({str(key): key for key in range(1_000)})
    lower = known
    for number in range(layered._LAYER):
        known = changed(known, (), {f"new-{number}": number})
        assert isinstance(known, Layered)
        assert known._lower is lower
    assert isinstance(changed(known, (), {"one more": 1}), MappingProxyType)
