"""Records behave as frozen dataclasses do in everything but the time that their constructor takes."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, InitVar, dataclass, field, fields, replace

import pytest

from federation.records import filler, record


@record()
class Place:
    """Two fields, one with a default."""

    street: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class PlainPlace:
    """What `Place` must be like."""

    street: str
    number: int = 1


@record(kw_only=True, repr=False)
class House(Place):
    """A field more, by name, not compared, and a pass that is not kept."""

    colour: str = field(default="red", compare=False)
    key: InitVar[str]

    def __post_init__(self, key: str) -> None:
        if key != "right":
            raise ValueError(key)


class Cottage(Place):
    """A subclass that is no record, with a dict of its own."""


class Hut(Place):
    """A subclass that is no record, with the slots of its base alone."""

    __slots__ = ()


def test_the_class_of_a_record_is_the_one_that_was_declared() -> None:
    place = Place("Mill Lane", 3)
    assert type(place) is Place
    assert (place.street, place.number) == ("Mill Lane", 3)
    assert Place("Mill Lane") == Place(street="Mill Lane", number=1)


@pytest.mark.parametrize("name", ["street", "number", "floor"])
def test_no_attribute_can_be_set_or_deleted(name: str) -> None:
    place = Place("Mill Lane")
    with pytest.raises((FrozenInstanceError, TypeError)):
        setattr(place, name, "x")
    with pytest.raises((FrozenInstanceError, TypeError)):
        delattr(place, name)
    assert place == Place("Mill Lane")


def test_a_record_has_no_dict() -> None:
    assert not hasattr(Place("Mill Lane"), "__dict__")


def test_signature_fields_repr_and_hash_are_those_of_a_dataclass() -> None:
    assert inspect.signature(Place) == inspect.signature(PlainPlace)
    assert [each.name for each in fields(Place)] == [each.name for each in fields(PlainPlace)]
    assert repr(Place("Mill Lane")) == repr(PlainPlace("Mill Lane")).removeprefix("Plain")
    assert hash(Place("Mill Lane")) == hash(PlainPlace("Mill Lane"))


def test_arguments_that_are_missing_or_unknown_are_refused() -> None:
    with pytest.raises(TypeError, match=r"__init__\(\) missing 1 required positional argument: 'street'"):
        Place()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'floor'"):
        Place("Mill Lane", floor=2)  # type: ignore[call-arg]


def test_fields_of_the_base_come_first_and_post_init_gets_what_is_not_kept() -> None:
    house = House("Mill Lane", 3, colour="blue", key="right")
    assert (type(house), house.street, house.number, house.colour) == (House, "Mill Lane", 3, "blue")
    assert house == House("Mill Lane", 3, colour="red", key="right")
    with pytest.raises(ValueError, match="wrong"):
        House("Mill Lane", key="wrong")


@pytest.mark.parametrize("kind", [Cottage, Hut])
def test_an_object_of_a_subclass_keeps_its_class(kind: type[Place]) -> None:
    assert type(kind("Mill Lane", 2)) is kind
    assert kind("Mill Lane", 2).number == 2


def test_records_are_copied_pickled_and_replaced() -> None:
    place = Place("Mill Lane", 3)
    for arrived in (copy.copy(place), copy.deepcopy(place), pickle.loads(pickle.dumps(place))):  # noqa: S301 - our own
        assert (type(arrived), arrived) == (Place, place)
    assert replace(place, number=4) == Place("Mill Lane", 4)


def test_a_default_factory_is_refused_when_the_class_is_declared() -> None:
    with pytest.raises(TypeError, match="Row has a field with a default factory"):

        @record()
        class Row:
            houses: list[str] = field(default_factory=list)


def test_a_filler_makes_a_frozen_object_without_its_constructor() -> None:
    made = filler(PlainPlace)("Mill Lane", 3)
    assert (type(made), made) == (PlainPlace, PlainPlace("Mill Lane", 3))
    with pytest.raises(FrozenInstanceError):
        made.number = 4  # type: ignore[misc]
