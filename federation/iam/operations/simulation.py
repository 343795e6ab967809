"""SimulateCustomPolicy, SimulatePrincipalPolicy, GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.call import IamCall
from federation.iam.context import IamContext
from federation.iam.paging import page
from federation.iam.simulating import Simulation, context_keys, input_policies
from federation.iam.simulation_input import (
    boundary_of,
    calling,
    check_custom,
    organization_of,
    principal_at,
    request_keys,
    resource_owner,
    resource_policy_of,
    sources_of,
)


@call_record
class SimulateCustomPolicy(IamCall):
    """The parameters of SimulateCustomPolicy."""

    operation: ClassVar[str] = "SimulateCustomPolicy"

    policy_input_list: Sequence[str] = parameter(constraints.POLICY_INPUTS, audit="included")
    permissions_boundary_policy_input_list: Sequence[str] = parameter(constraints.POLICY_INPUTS, audit="included", default=())
    ordered_organization_policy_input_list: Sequence[object] = parameter(constraints.ORGANIZATION_POLICIES, audit="included", default=())
    action_names: Sequence[str] = parameter(constraints.ACTION_NAMES, audit="included")
    resource_arns: Sequence[str] = parameter(constraints.RESOURCE_ARNS, audit="included", default=())
    resource_policy: str | None = parameter(constraints.DOCUMENT, audit="included", default=None)
    resource_owner: str | None = parameter(constraints.RESOURCE_NAME, audit="included", default=None)
    caller_arn: str | None = parameter(constraints.RESOURCE_NAME, audit="included", default=None)
    context_entries: Sequence[object] = parameter(constraints.CONTEXT_ENTRIES, audit="included", default=())
    resource_handling_option: str | None = parameter(constraints.HANDLING_OPTION, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)


@call_record
class SimulatePrincipalPolicy(IamCall):
    """The parameters of SimulatePrincipalPolicy."""

    operation: ClassVar[str] = "SimulatePrincipalPolicy"

    policy_source_arn: str = parameter(constraints.ARN, audit="included")
    policy_input_list: Sequence[str] = parameter(constraints.POLICY_INPUTS, audit="included", default=())
    permissions_boundary_policy_input_list: Sequence[str] = parameter(constraints.POLICY_INPUTS, audit="included", default=())
    policy_exclusion_list: Sequence[object] = parameter(constraints.POLICY_EXCLUSIONS, audit="included", default=())
    action_names: Sequence[str] = parameter(constraints.ACTION_NAMES, audit="included")
    resource_arns: Sequence[str] = parameter(constraints.RESOURCE_ARNS, audit="included", default=())
    resource_policy: str | None = parameter(constraints.DOCUMENT, audit="included", default=None)
    resource_owner: str | None = parameter(constraints.RESOURCE_NAME, audit="included", default=None)
    caller_arn: str | None = parameter(constraints.RESOURCE_NAME, audit="included", default=None)
    context_entries: Sequence[object] = parameter(constraints.CONTEXT_ENTRIES, audit="included", default=())
    resource_handling_option: str | None = parameter(constraints.HANDLING_OPTION, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)


@call_record
class GetContextKeysForCustomPolicy(IamCall):
    """The parameters of GetContextKeysForCustomPolicy."""

    operation: ClassVar[str] = "GetContextKeysForCustomPolicy"

    policy_input_list: Sequence[str] = parameter(constraints.POLICY_INPUTS, audit="included")


@call_record
class GetContextKeysForPrincipalPolicy(IamCall):
    """The parameters of GetContextKeysForPrincipalPolicy."""

    operation: ClassVar[str] = "GetContextKeysForPrincipalPolicy"

    policy_source_arn: str = parameter(constraints.ARN, audit="included")
    policy_input_list: Sequence[str] = parameter(constraints.POLICY_INPUTS, audit="included", default=())


def simulate_custom_policy(call: SimulateCustomPolicy, context: IamContext) -> Result:
    """Return whether policies that are passed allow actions on resources. *ResourceHandlingOption* has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: A policy violates the grammar, or CallerArn is missing or no user of the account.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("SimulateCustomPolicy", "*")
    check_custom(call.resource_policy, call.caller_arn)
    sources = input_policies(call.policy_input_list, "PolicyInputList")
    boundary = boundary_of(call.permissions_boundary_policy_input_list, None)
    caller = calling(call.caller_arn, None, context, sources=sources, boundary=boundary)
    simulation = Simulation(
        caller=caller,
        sources=sources,
        boundary=boundary,
        organization=organization_of(call.ordered_organization_policy_input_list),
        resource_policy=resource_policy_of(call.resource_policy),
        owner=resource_owner(call.resource_owner, context),
        keys=request_keys(call.context_entries, {}),
    )
    return _results(simulation, call)


def simulate_principal_policy(call: SimulatePrincipalPolicy, context: IamContext) -> Result:
    """Return whether the policies of a user, group or role allow actions on resources. *ResourceHandlingOption* has no effect.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: A policy violates the grammar, or CallerArn is missing or no user of the account.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: PolicySourceArn is no user, group or role of the account.
    """
    check_parameters(call)
    context.authorize("SimulatePrincipalPolicy", call.policy_source_arn)
    entity = principal_at(call.policy_source_arn, context.account)
    check_custom(call.resource_policy, call.caller_arn, entity)
    sources, own_boundary = sources_of(entity, context.account, call.policy_exclusion_list)
    sources += input_policies(call.policy_input_list, "PolicyInputList")
    boundary = boundary_of(call.permissions_boundary_policy_input_list, own_boundary)
    caller = calling(call.caller_arn, entity, context, sources=sources, boundary=boundary)
    simulation = Simulation(
        caller=caller,
        sources=sources,
        boundary=boundary,
        organization=(),
        resource_policy=resource_policy_of(call.resource_policy),
        owner=resource_owner(call.resource_owner, context),
        keys=request_keys(call.context_entries, caller.context_keys(context.at)),
    )
    return _results(simulation, call)


def get_context_keys_for_custom_policy(call: GetContextKeysForCustomPolicy, context: IamContext) -> Result:
    """Return the condition keys that policies refer to.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: A policy violates the grammar.
        AccessDenied: The policies of the caller do not allow it.
    """
    check_parameters(call)
    context.authorize("GetContextKeysForCustomPolicy", "*")
    return {"ContextKeyNames": context_keys(source.policy for source in input_policies(call.policy_input_list, "PolicyInputList"))}


def get_context_keys_for_principal_policy(call: GetContextKeysForPrincipalPolicy, context: IamContext) -> Result:
    """Return the condition keys that the policies of a user, group or role refer to.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: A policy violates the grammar.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: PolicySourceArn is no user, group or role of the account.
    """
    check_parameters(call)
    context.authorize("GetContextKeysForPrincipalPolicy", call.policy_source_arn)
    sources, _ = sources_of(principal_at(call.policy_source_arn, context.account), context.account, ())
    sources += input_policies(call.policy_input_list, "PolicyInputList")
    return {"ContextKeyNames": context_keys(source.policy for source in sources)}


def _results(simulation: Simulation, call: SimulateCustomPolicy | SimulatePrincipalPolicy) -> Result:
    """Return a page of the results: every action on every resource, on ``*`` where none is named."""
    questions = [(action, resource) for action in call.action_names for resource in call.resource_arns or ("*",)]
    numbered = {f"{number:06}": question for number, question in enumerate(questions)}
    chosen, more = page(numbered, key=str, marker=call.marker, max_items=call.max_items)
    return {"EvaluationResults": [simulation.result(*numbered[number]) for number in chosen], **more}
