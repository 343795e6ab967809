"""Virtual MFA devices: CreateVirtualMFADevice, EnableMFADevice, ResyncMFADevice, their opposites and their lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final

from federation import aws_texts
from federation.account import Account, MfaDevice
from federation.account.reading.credentials import MFA_DEVICES
from federation.account.writing import mfa_devices as writing
from federation.account.writing.entities import no_such_entity
from federation.calls.record import call_record, check_parameters, parameter
from federation.errors import InvalidAuthenticationCode, NoSuchEntity, show
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags
from federation.iam.operations.users import listed_user
from federation.iam.own_user import authorize_on_owner, owner_of
from federation.iam.paging import page
from federation.iam.qr_code import png_of
from federation.iam.tags import given_tags, shown_tags
from federation.sts.callers.mfa import are_consecutive

_ANY: Final = "Any"
_UNASSIGNED: Final = "Unassigned"


@call_record
class CreateVirtualMFADevice(IamCall):
    """The parameters of CreateVirtualMFADevice."""

    operation: ClassVar[str] = "CreateVirtualMFADevice"

    path: str | None = parameter(constraints.PATH, audit="included", default=None)
    virtual_mfa_device_name: str = parameter(constraints.DEVICE_NAME, audit="included", wire="VirtualMFADeviceName")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())


@call_record
class EnableMFADevice(IamCall):
    """The parameters of EnableMFADevice."""

    operation: ClassVar[str] = "EnableMFADevice"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    serial_number: str = parameter(constraints.SERIAL_NUMBER, audit="included")
    authentication_code1: str = parameter(constraints.AUTHENTICATION_CODE, audit="withheld")
    authentication_code2: str = parameter(constraints.AUTHENTICATION_CODE, audit="withheld")


@call_record
class ResyncMFADevice(IamCall):
    """The parameters of ResyncMFADevice."""

    operation: ClassVar[str] = "ResyncMFADevice"

    user_name: str = parameter(constraints.EXISTING_USER_NAME, audit="included")
    serial_number: str = parameter(constraints.SERIAL_NUMBER, audit="included")
    authentication_code1: str = parameter(constraints.AUTHENTICATION_CODE, audit="withheld")
    authentication_code2: str = parameter(constraints.AUTHENTICATION_CODE, audit="withheld")


@call_record
class DeactivateMFADevice(IamCall):
    """The parameters of DeactivateMFADevice."""

    operation: ClassVar[str] = "DeactivateMFADevice"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)
    serial_number: str = parameter(constraints.SERIAL_NUMBER, audit="included")


@call_record
class DeleteVirtualMFADevice(IamCall):
    """The parameters of DeleteVirtualMFADevice."""

    operation: ClassVar[str] = "DeleteVirtualMFADevice"

    serial_number: str = parameter(constraints.SERIAL_NUMBER, audit="included")


@call_record
class ListMFADevices(IamCall):
    """The parameters of ListMFADevices."""

    operation: ClassVar[str] = "ListMFADevices"

    user_name: str | None = parameter(constraints.EXISTING_USER_NAME, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


@call_record
class ListVirtualMFADevices(IamCall):
    """The parameters of ListVirtualMFADevices."""

    operation: ClassVar[str] = "ListVirtualMFADevices"

    assignment_status: str | None = parameter(constraints.ASSIGNMENT_STATUS, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def create_virtual_mfa_device(call: CreateVirtualMFADevice, context: IamContext) -> Result:
    """Create a virtual MFA device that is enabled for no one. Its seed is in this result only: in base32, and as a QR code.

    Raises:
        ValidationError: A parameter violates its constraint, or a tag is not valid.
        AccessDenied: The policies of the caller do not allow it.
        EntityAlreadyExists: The account has a device of that name.
    """
    check_parameters(call)
    path, tags = call.path or "/", given_tags(call.tags)
    context.authorize("CreateVirtualMFADevice", context.arn(f"mfa{path}{call.virtual_mfa_device_name}"), keys=request_tags(tags))
    with context.live.changing() as draft:
        device = writing.create_mfa_device(draft, name=call.virtual_mfa_device_name, device_path=path, tags=tags)
    shown: Result = {"SerialNumber": device.serial_number, "Base32StringSeed": device.secret.encode("ascii")}
    picture = png_of(device.unassigned_uri)
    shown |= {} if picture is None else {"QRCodePNG": picture}
    return {"VirtualMFADevice": {**shown, **({"Tags": shown_tags(tags)} if tags else {})}}


def enable_mfa_device(call: EnableMFADevice, context: IamContext) -> None:
    """Enable a device for a user. The two codes, the second from the time step after the first, prove that the user has it.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user or device.
        InvalidAuthenticationCode: The codes are not two consecutive ones of the present time.
        EntityAlreadyExists: The device is enabled for someone.
        LimitExceeded: The user has as many devices as it may have.
    """
    check_parameters(call)
    authorize_on_owner("EnableMFADevice", call.user_name, context)
    _, device = _device_of(context.account, call.serial_number)
    _check_codes(device, call.authentication_code1, call.authentication_code2, context.at)
    with context.live.changing() as draft:
        writing.assign_mfa_device(draft, serial_number=call.serial_number, user=call.user_name, at=context.at)


def resync_mfa_device(call: ResyncMFADevice, context: IamContext) -> None:
    """Check two consecutive codes of a device of a user. A device that follows the time has nothing to synchronise.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the user has no such device.
        InvalidAuthenticationCode: The codes are not two consecutive ones of the present time.
    """
    check_parameters(call)
    arn = authorize_on_owner("ResyncMFADevice", call.user_name, context)
    device = _owned(context.account, call.serial_number, arn)
    _check_codes(device, call.authentication_code1, call.authentication_code2, context.at)


def deactivate_mfa_device(call: DeactivateMFADevice, context: IamContext) -> None:
    """Disable a device of a user; without a name of the caller. The device is kept and can be enabled again.

    Raises:
        ValidationError: A parameter violates its constraint, or the name is absent where the caller is a session of a role.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user, or the user has no such device.
    """
    check_parameters(call)
    arn = authorize_on_owner("DeactivateMFADevice", owner_of(call.user_name, context), context)
    _owned(context.account, call.serial_number, arn)
    with context.live.changing() as draft:
        writing.unassign_mfa_device(draft, serial_number=call.serial_number)


def delete_virtual_mfa_device(call: DeleteVirtualMFADevice, context: IamContext) -> None:
    """Delete a device that is enabled for no one.

    Raises:
        ValidationError: The parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such device.
        DeleteConflict: It is enabled for someone.
    """
    check_parameters(call)
    context.authorize("DeleteVirtualMFADevice", _resource(call.serial_number, context))
    with context.live.changing() as draft:
        writing.delete_mfa_device(draft, serial_number=call.serial_number)


def list_mfa_devices(call: ListMFADevices, context: IamContext) -> Result:
    """Return a page of the devices of a user; without a name those of the caller.

    Raises:
        ValidationError: A parameter violates its constraint, or the name is absent where the caller is a session of a role.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such user.
    """
    check_parameters(call)
    owner = owner_of(call.user_name, context)
    arn = authorize_on_owner("ListMFADevices", owner, context)
    held = context.account.mfa_devices.get(arn, {}).values()
    devices, more = page(held, key=lambda device: device.serial_number, marker=call.marker, max_items=call.max_items)
    named = {} if owner is None else {"UserName": owner}
    return {
        "MFADevices": [{**named, "SerialNumber": device.serial_number, "EnableDate": device.enabled_at} for device in devices],
        **more,
    }


def list_virtual_mfa_devices(call: ListVirtualMFADevices, context: IamContext) -> Result:
    """Return a page of the devices of the account, without their secrets.

    Raises:
        ValidationError: A parameter violates its constraint.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("ListVirtualMFADevices", "*")
    wanted = call.assignment_status or _ANY
    chosen = (
        (owner, device) for owner, device in _devices(context.account) if wanted == _ANY or (owner is None) == (wanted == _UNASSIGNED)
    )
    devices, more = page(chosen, key=lambda entry: entry[1].serial_number, marker=call.marker, max_items=call.max_items)
    return {"VirtualMFADevices": [_listed(owner, device, context.account) for owner, device in devices], **more}


def _listed(owner: str | None, device: MfaDevice, account: Account) -> Result:
    if owner is None:
        return {"SerialNumber": device.serial_number}
    user = account.users.get(owner)
    shown = {"UserId": account.id, "Arn": account.root_arn} if user is None else listed_user(user)
    return {"SerialNumber": device.serial_number, "User": shown, "EnableDate": device.enabled_at}


def _devices(account: Account) -> Iterator[tuple[str | None, MfaDevice]]:
    """Yield every device with the ARN of its owner; None where it is enabled for no one."""
    yield from ((owner, device) for owner, held in account.mfa_devices.items() for device in held.values())
    yield from ((None, device) for device in account.unassigned_mfa_devices.values())


def _device_of(account: Account, serial_number: str) -> tuple[str | None, MfaDevice]:
    found = next((entry for entry in _devices(account) if entry[1].serial_number == serial_number), None)
    if found is None:
        raise _no_such_device(serial_number)
    return found


def _owned(account: Account, serial_number: str, owner: str) -> MfaDevice:
    device = account.mfa_devices.get(owner, {}).get(serial_number)
    if device is None:
        raise _no_such_device(serial_number)
    return device


def _check_codes(device: MfaDevice, first: str, second: str, at: datetime) -> None:
    if not are_consecutive(device, first, second, at):
        raise InvalidAuthenticationCode(
            check="mfa-code",
            expected="two consecutive codes of the device, of the present time",
            found="other codes",
            remedy="wait for the next two codes; check the clocks of device and host",
            message=aws_texts.iam.CODES,
        )


def _resource(serial_number: str, context: IamContext) -> str:
    return serial_number if serial_number.startswith(context.arn("mfa/")) else "*"


def _no_such_device(serial_number: str) -> NoSuchEntity:
    message = aws_texts.iam.no_such_device(serial_number)
    return no_such_entity(MFA_DEVICES, "the serial number of a device", show(serial_number), message=message)
