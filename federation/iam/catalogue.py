"""The table of the operations that are served, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from federation.calls.record import Parameter
from federation.errors import ValidationError, show
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.operations import roles

VERSION: Final = "2010-05-08"
"""Version of the interface."""
_READING: Final = ("Get", "List", "Simulate")


@dataclass(frozen=True, slots=True, kw_only=True)
class IamOperation:
    """One operation.

    Attributes:
        call: Its call record.
        run: Runs it. It returns the result; None where the operation has none.
    """

    call: type[IamCall]
    run: Callable[[Any, IamContext], Result | None]

    @property
    def name(self) -> str:
        """Name of the operation, as in the parameter ``Action``."""
        return self.call.operation

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the operation."""
        return self.call.parameters

    @property
    def reads_only(self) -> bool:
        """Whether the operation changes nothing."""
        return self.name.startswith(_READING)

    def called_with(self, arguments: Mapping[str, object]) -> IamCall:
        """Return the call with *arguments* by their names in the API. A required parameter that is absent is None, and refused later.

        Raises:
            ValidationError: Check ``parameter``: the operation has no parameter of a name.
        """
        names = {each.wire: each for each in self.parameters}
        for name in arguments:
            if name not in names:
                raise ValidationError(
                    check="parameter",
                    expected=f"{', '.join(names)}" if names else "no parameter",
                    found=show(name),
                    remedy="correct the name; names are those of the API, such as RoleName",
                )
        given = {each.name: arguments.get(wire) for wire, each in names.items() if wire in arguments or each.required}
        return self.call(**given)


_ALL: Final = (
    IamOperation(call=roles.CreateRole, run=roles.create_role),
    IamOperation(call=roles.GetRole, run=roles.get_role),
    IamOperation(call=roles.ListRoles, run=roles.list_roles),
    IamOperation(call=roles.UpdateRole, run=roles.update_role),
    IamOperation(call=roles.UpdateRoleDescription, run=roles.update_role_description),
    IamOperation(call=roles.UpdateAssumeRolePolicy, run=roles.update_assume_role_policy),
    IamOperation(call=roles.DeleteRole, run=roles.delete_role),
)
OPERATIONS: Final[Mapping[str, IamOperation]] = MappingProxyType({operation.name: operation for operation in _ALL})
"""Every operation that is served, by name."""
