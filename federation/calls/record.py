"""The call record of an operation. Each parameter is a field that holds every fact about it.

Constraint checks, the Query wire, audit events and the completeness of flags and documentation are read from these fields. The order of the
fields is the order in which AWS lists violations.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Final, Literal, TypeVar, dataclass_transform

from federation import aws_texts
from federation.calls.constraints import Constraint, TextConstraint, Violation
from federation.check_names import ParameterCheck
from federation.errors import ValidationError, show
from federation.names import kebab_case, lower_first, pascal_case
from federation.records import record

Audit = Literal["included", "withheld"]
"""Whether audit events include the parameter. Tokens, codes, and parameters that may contain one are withheld (attack row O04)."""

_FACTS: Final = "parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operation.

    Attributes:
        name: In Python.
        wire: In Query requests.
        constraint: What its value must satisfy.
        required: Whether it must be there.
        audit: Whether audit events hold it.
    """

    name: str
    wire: str
    constraint: Constraint
    required: bool
    audit: Audit

    @property
    def member(self) -> str:
        """Name of the parameter in AWS's messages and CloudTrail's events: ``sAMLAssertion``."""
        return lower_first(self.wire)

    @property
    def flag(self) -> str:
        """Name of the parameter on the command line, without the leading dashes."""
        return kebab_case(self.wire)

    @property
    def secret(self) -> bool:
        """Whether messages never show the value."""
        return isinstance(self.constraint, TextConstraint) and self.constraint.secret


def parameter(constraint: Constraint, *, audit: Audit, wire: str | None = None, default: Any = MISSING) -> Any:  # noqa: ANN401
    """Declare a field of a call record as a parameter.

    Args:
        constraint: What its value must satisfy.
        audit: Whether audit events hold it.
        wire: Its name in Query requests, where that does not follow from its name in Python.
        default: Its value where it is absent, None or an empty tuple; a parameter without one is required.
    """
    return field(default=default, metadata={_FACTS: (constraint, audit, wire)})


class Call:
    """The unchecked parameters of one call of an operation. The repr shows no value.

    Attributes:
        service: Name of the service, as in the credential scope of a signature, in actions of policies and in sources of events.
        operation: Name of the operation.
        echoes_values: Whether AWS repeats the values that violate a constraint.
        signed: Whether the operation requires a signature.
        parameters: The parameters in order.
    """

    __slots__ = ()

    service: ClassVar[str] = "sts"
    operation: ClassVar[str]
    echoes_values: ClassVar[bool] = True
    signed: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]]

    def __repr__(self) -> str:
        return f"<{self.operation}>"


C = TypeVar("C", bound=Call)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(parameter,))
def call_record(declared: type[C]) -> type[C]:
    """Return the class *declared* as a call record. All its fields must be declared with `parameter`."""
    made: type[C] = record(kw_only=True, repr=False)(declared)
    made.parameters = tuple(_described(each) for each in fields(made))  # type: ignore[arg-type]  # a dataclass by now
    return made


def check_parameters(call: Call) -> None:
    """Require that every parameter of *call* satisfies its constraint.

    Raises:
        ValidationError: A parameter does not. ``check`` is the first such parameter; ``message`` is AWS's text, which lists every
            violation.
    """
    broken = []
    for each in call.parameters:
        value = getattr(call, each.name)
        if each.required if value is None else not each.constraint.accepts(value):
            broken.append((each, value))
    if broken:
        raise _refusal(broken, echoes_values=call.echoes_values)


def _described(declared: Field[Any]) -> Parameter:
    constraint, audit, wire = declared.metadata[_FACTS]
    return Parameter(
        name=declared.name,
        wire=pascal_case(declared.name) if wire is None else wire,
        constraint=constraint,
        required=declared.default is MISSING,
        audit=audit,
    )


def _refusal(broken: list[tuple[Parameter, object]], *, echoes_values: bool) -> ValidationError:
    violations = [violation for each, value in broken for violation in _violations(each, value)]
    first, value = broken[0]
    hidden = first.secret and isinstance(value, (str, bytes))
    return ValidationError(
        check=ParameterCheck(first.flag),
        expected=violations[0].demanded,
        found=f"{type(value).__name__} of {len(value)} (not shown)" if hidden and isinstance(value, (str, bytes)) else show(value),
        remedy="correct the parameter" + (f" and {len(violations) - 1} more, see the message" if len(violations) > 1 else ""),
        message=_text(violations, echoes_values=echoes_values),
    )


def _text(violations: list[Violation], *, echoes_values: bool) -> str:
    listed = [each for each in violations if not each.alone]
    if not listed:
        return aws_texts.parameters.invalid_value(violations[0].member, violations[0].alone)
    if echoes_values:
        return aws_texts.parameters.violations([aws_texts.parameters.violation(each.value, each.member, each.demanded) for each in listed])
    return aws_texts.parameters.violations([aws_texts.parameters.violation_without_value(each.member, each.demanded) for each in listed])


def _violations(broken: Parameter, value: object) -> list[Violation]:
    if value is None:
        return [Violation(aws_texts.parameters.NO_VALUE, broken.member, aws_texts.parameters.NOT_NULL)]
    return list(broken.constraint.violations(broken.member, value))
