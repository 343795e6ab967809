"""What the verbs print with ``--json``. A later version may add members, so none of these schemas is closed."""

from __future__ import annotations

from typing import Final, get_args

from docs.building.schemas.notation import (
    ANYTHING,
    COUNT,
    FLAG,
    INSTANT,
    TEXT,
    Schema,
    data_of,
    many,
    maybe,
    named,
    one_of,
    record,
    ref,
    said,
)
from docs.building.schemas.shared import EFFECT, LINE, PROFILE, REPORT
from federation.account.access import AccessMap, AccessSource, IdentityGroup, MappedRole, SourceKind
from federation.account.importing.accounts import Imported
from federation.evidence.cloudtrail.explaining import EventExplanation
from federation.evidence.documents.comparing import RoleChange, RoleFate
from federation.evidence.documents.model import ExpectedLogin, Format
from federation.evidence.workloads import Admittance
from federation.policy import Admission, TrustChange, TrustComparison, WhoCan
from federation.policy.analysis.comparing import Relation
from federation.policy.analysis.sides import Standing
from federation.policy.lint import SEVERITIES
from federation.policy.reach import Reach
from federation.policy.ways_in import Demand
from federation.report import Report

_ARNS: Final = many(TEXT)
_FINDINGS: Final = {"findings": said(many(ref("placed_finding")), "What lint finds in what was taken over.")}
_EDITED: Final = {
    "file": LINE,
    "edits": said(many(ref("edit")), "The edits that were made in the policy below."),
    "policy": said({"type": "object"}, "The edited policy."),
}
_FAULT: Final = record({"file": TEXT, "address": TEXT, "line": COUNT, "error": ref("error")})
_OF_RESOURCE: Final = {
    "address": said(TEXT, "The resource that has the policy, where the file is not the policy itself."),
    "format": said(one_of(*get_args(Format)), "What the file is."),
    "kind": said(maybe(TEXT), "What the policy is attached to."),
    "line": said(COUNT, "The line at which the policy begins."),
    "unknown": said(many(record({"expression": TEXT, "line": COUNT})), "The parts of the policy that the file does not say."),
    "unjudged": said(many(TEXT), "JSON paths of the statements that are not judged, since their structure is unknown."),
    "fault": said(_FAULT, "Why the file, or the resource, cannot be read."),
    "workload": said(
        record(
            {
                "login": data_of(
                    ExpectedLogin,
                    {
                        "file": said(TEXT, "The file that says so."),
                        "line": said(COUNT, "The line of the role, from 1."),
                        "path": TEXT,
                        "address": TEXT,
                        "role": maybe(TEXT),
                        "issuer": maybe(TEXT),
                        "subjects": many(TEXT),
                        "audience": maybe(TEXT),
                        "duration": maybe(COUNT),
                        "may_ask": FLAG,
                    },
                ),
                "role": said(maybe(TEXT), "The role of the files that it asks for; null where they have none."),
                "admittance": said(one_of(*Admittance), "Whether that role lets in tokens of the workload; open where that is not known."),
            }
        ),
        "A workload that asks for a role, in the place of a policy.",
    ),
}
_DOCUMENT: Final = record({"file": TEXT, **{name: _OF_RESOURCE[name] for name in ("format", "address", "kind", "line", "unknown")}})
_EXPLANATION: Final = said(maybe(ref("explanation")), "Why it is refused and what to change; null where it is not.")

_DEMAND: Final = data_of(Demand, {"key": TEXT, "operator": TEXT, "values": many(TEXT), "words": TEXT})
_LOGIN: Final = {
    "principal": said(TEXT, "The caller: an ARN or the name of a provider or service."),
    "type": said(TEXT, "The member of the Principal element that can name the caller."),
    "actions": said(many(TEXT), "The operation, and the actions that accompany it."),
    "keys": said(named({"anyOf": [TEXT, many(TEXT)]}), "The condition keys of the request: a text, or a list of them."),
}
_WHO_CAN: Final = record(
    {
        **data_of(WhoCan, {"decided": FLAG, "nobody": many(TEXT)})["properties"],
        "everybody": said(FLAG, "Whether a way in is open to everybody."),
        "admissions": said(
            many(
                data_of(
                    Admission,
                    {
                        "principals": many(TEXT),
                        "type": TEXT,
                        "whom": many(TEXT),
                        "operation": TEXT,
                        "conditions": said(many(_DEMAND), "What is demanded of each; what changes nothing is left out."),
                        "unless": many(many(_DEMAND)),
                        "not_principal": said(many(TEXT), "Entries of others who are kept out although the words include them."),
                        "companions": many(TEXT),
                        "statements": many(COUNT),
                        "reach": one_of(*get_args(Reach)),
                        "warnings": many(TEXT),
                        "login": maybe(record(_LOGIN)),
                    },
                )
            ),
            "The ways in, those that are open to everybody first.",
        ),
    }
)
_DIFFERENCE: Final = record(
    {
        "decided": said(FLAG, "Whether there are no others. If not, some may have been missed."),
        "logins": said(
            many(
                data_of(
                    TrustChange,
                    {
                        **_LOGIN,
                        "whom": said(many(TEXT), "Who they are, in words: the callers of whom the policies say the same."),
                        "standing": one_of(*get_args(Standing)),
                        "statement": COUNT,
                    },
                )
            ),
            "One login for each kind of caller and statement that differs.",
        ),
    }
)
_COMPARED: Final = data_of(
    TrustComparison,
    {
        "relation": said(one_of(*get_args(Relation)), "How the new policy relates to the old one."),
        "nobody_new": said(FLAG, "Whether it is proved that nobody is newly let in."),
        "gained": said(_DIFFERENCE, "Logins that are newly let in."),
        "lost": said(_DIFFERENCE, "Logins that no longer are."),
    },
)

_HELD: Final = {
    "attached_policies": said(_ARNS, "ARNs of managed policies."),
    "inline_policies": said(many(TEXT), "Names of inline policies."),
}
_CARRIED: Final = {
    **_HELD,
    "permissions_boundary": said(maybe(TEXT), "ARN of the boundary."),
    "tags": said(named(TEXT), "Tags by key."),
}
_SAML: Final = record(
    {
        "entity_ids": many(TEXT),
        "keys": many(
            record({"fingerprint": said(TEXT, "SHA-256 of the key."), "not_after": said(maybe(INSTANT), "End of the certificate.")})
        ),
        "notes": many(TEXT),
    }
)
_OIDC: Final = record(
    {
        "url": TEXT,
        "client_ids": many(TEXT),
        "keys": many(record({"kid": maybe(TEXT), "kty": TEXT, "thumbprint": said(TEXT, "RFC 7638.")})),
        "notes": many(TEXT),
    }
)
_USER: Final = record(
    {
        "user_id": TEXT,
        "access_keys": said(many(TEXT), "Ids of the access keys."),
        "mfa_devices": said(many(TEXT), "Serial numbers."),
        "groups": said(many(TEXT), "Names of the groups."),
        **_CARRIED,
    }
)
_ACCOUNT: Final = {
    "account_id": TEXT,
    "alias": maybe(TEXT),
    "partition": TEXT,
    "profile": PROFILE,
    "saml_providers": said(named(_SAML), "By ARN."),
    "oidc_providers": said(named(_OIDC), "By ARN."),
    "oauth_providers": said(
        named(record({"client_ids": said(maybe(many(TEXT)), "Null where the trust policy decides."), "answers": COUNT})), "By name."
    ),
    "plugin_providers": said(named(record({"kind": TEXT})), "By name."),
    "roles": said(
        named(record({"role_id": TEXT, "max_session_duration": COUNT, "trust_policy": {"type": "object"}, **_CARRIED})), "By ARN."
    ),
    "users": said(named(_USER), "By ARN."),
    "groups": said(named(record({"group_id": TEXT, **_HELD})), "By ARN."),
    "policies": said(_ARNS, "ARNs of the managed policies."),
    "unassigned_mfa_devices": said(many(TEXT), "Serial numbers of devices that belong to no one."),
    "notes": many(TEXT),
}
_CHANGED: Final = {
    "arn": said(TEXT, "ARN of the entity that was made or changed."),
    "name": said(TEXT, "Name of the OAuth 2.0 server."),
    "role_name": TEXT,
    "policy_name": TEXT,
    "policy_arn": TEXT,
    "tag_keys": said(many(TEXT), "Keys of the tags that were set or removed."),
    "permissions_boundary": said(maybe(TEXT), "ARN of the boundary; null where it was removed."),
    "is_default_version": FLAG,
    "user_name": TEXT,
    "group_name": TEXT,
    "version_id": said(TEXT, "Version of the managed policy."),
    "directory": said(TEXT, "The new account directory."),
    "account_id": TEXT,
    "access_key_id": TEXT,
    "status": one_of("Active", "Inactive"),
    "AccessKey": said({"type": "object"}, "The answer of CreateAccessKey, with the secret, which is shown once."),
    "serial_number": said(TEXT, "Serial number of the MFA device."),
    "secret": said(TEXT, "The base32 secret of the MFA device, which is shown once."),
    "otpauth_uri": said(TEXT, "The same for an authenticator."),
    "sealing": said(TEXT, "Id of the key that seals session tokens from now on."),
    "issuer": said(TEXT, "The issuer of the web identity tokens of the account."),
    "file": said(TEXT, "The stored answer about an access token."),
    "sha256": said(TEXT, "SHA-256 of the trade-in token."),
    **_FINDINGS,
}
OUTPUTS: Final[dict[str, tuple[str, Schema]]] = {
    "error-result": (
        "The result of a verb with --json that ends in an error",
        record(
            {
                "error": {
                    "anyOf": [
                        ref("error"),
                        said(record({"code": one_of("UsageError", "OSError"), "message": TEXT}), "Wrong usage, or a file that fails."),
                    ]
                }
            }
        ),
    ),
    "inspect": (
        "federation inspect --json",
        record(
            {
                "verified": {"const": False},
                "kind": said(TEXT, "The kind that the form of the token says."),
                "unverified": said({"type": "object"}, "What the token says of itself. Its members depend on the kind; nothing is proved."),
            }
        ),
    ),
    "validate": ("federation validate --json", data_of(Report, {**REPORT, "explanation": _EXPLANATION})),
    "explain": (
        "federation explain --json",
        record(
            {
                "role_arn": TEXT,
                "granted": FLAG,
                "message": said(maybe(TEXT), "What AWS would answer."),
                "report": said(maybe(ref("report")), "The checks of the token; null where the account has no provider for it."),
                "exchange": said(many(ref("check_result")), "Checks of the attributes that AWS requires."),
                "decision": said(maybe(ref("decision")), "Of the trust policy; null where the token was refused."),
                "explanation": _EXPLANATION,
            }
        ),
    ),
    "explain-event": (
        "federation explain --event --json",
        data_of(
            EventExplanation,
            {
                "event": said(ref("login_record"), "The record; its role is the one that was asked."),
                "recorded": said(one_of("granted", "refused"), "What became of the login when it was recorded."),
                "role_arn": said(TEXT, "The role that was asked."),
                "granted": maybe(FLAG),
                "check": maybe(TEXT),
                "effect": said(
                    maybe(one_of("Allow", "Deny", "ImplicitDeny", "Unknown")), "Of the policy that decides; null where none was asked."
                ),
                "undecided": said(many(ref("undecided_condition")), "The conditions that could not be judged, with what would tell."),
                "suspects": said(many(ref("placed_finding")), "What lint finds in them, where a refused login is not decided."),
                "remarks": many(TEXT),
                "document": said(maybe(_DOCUMENT), "The trust policy of files that was asked; null without `--with`."),
                "faults": said(many(_FAULT), "What else in these files cannot be read."),
                "explanation": _EXPLANATION,
            },
        ),
    ),
    "explain-fix": ("federation explain --fix --json", record({"role_arn": TEXT, **_EDITED})),
    "account-show": ("federation account show --json", record(_ACCOUNT)),
    "account-check": (
        "federation account check --json",
        record(
            {"sound": {"const": True}, **_ACCOUNT, "findings": said(many(ref("placed_finding")), "What lint finds in the trust policies.")}
        ),
    ),
    "account-check-all": (
        "federation account check --accounts --json",
        record(
            {
                "sound": said(FLAG, "Whether there are accounts and none of them has a fault."),
                "organization": said(FLAG, "Whether the directory has an organization, which was read."),
                "accounts": many(
                    record(
                        {
                            "account_id": TEXT,
                            "sound": FLAG,
                            "error": said(maybe(ref("error")), "Its faults; null where it has none."),
                        }
                    )
                ),
            }
        ),
    ),
    "account-map": (
        "federation account map --json",
        data_of(
            AccessMap,
            {
                "account_id": TEXT,
                "sources": many(
                    data_of(
                        AccessSource,
                        {"id": TEXT, "kind": one_of(*get_args(SourceKind)), "name": TEXT, "detail": TEXT, "registered": FLAG},
                    )
                ),
                "groups": many(
                    data_of(
                        IdentityGroup,
                        {
                            "source": TEXT,
                            "principal": TEXT,
                            "operation": TEXT,
                            "conditions": said(
                                many(_DEMAND),
                                "All conditions, each of which must hold.",
                            ),
                            "not_principal": said(many(TEXT), "The entries of NotPrincipal, who do not belong to the group."),
                            "reach": one_of(*get_args(Reach)),
                            "warnings": many(TEXT),
                            "roles": many(TEXT),
                        },
                    )
                ),
                "roles": many(
                    data_of(
                        MappedRole,
                        {
                            "arn": TEXT,
                            "name": TEXT,
                            "file": TEXT,
                            "denies": many(TEXT),
                            "remarks": many(TEXT),
                            "who_can": said(_WHO_CAN, "Whom the trust policy lets in, proved, with a login for each way in."),
                        },
                    )
                ),
            },
        ),
    ),
    "account-import": (
        "federation account import --json",
        data_of(
            Imported,
            {
                "policies": said(COUNT, "Managed policies in the documents."),
                "groups": said(COUNT, "Groups in the documents."),
                "users": said(COUNT, "Users in the documents."),
                "roles": said(COUNT, "Roles in the documents."),
                **dict.fromkeys(("added", "updated", "unchanged", "absent", "removed", "providers"), _ARNS),
                **_FINDINGS,
            },
        ),
    ),
    "account-change": (
        "A command of federation account that changes the account, with --json",
        {**record({}, optional=_CHANGED), "minProperties": 1},
    ),
    "policy-lint": (
        "federation policy lint --json",
        record(
            {
                "files": many(
                    record(
                        {
                            "file": LINE,
                            "accepted": said(maybe(FLAG), "Whether IAM would accept the document; null where that is not known."),
                            "refusal": said(
                                maybe(ref("explained_error")),
                                "Why not, with cause and edits.",
                            ),
                            "findings": many(ref("finding")),
                        },
                        optional={**_OF_RESOURCE, "address": said(TEXT, "The resource that has the policy, or the workload.")},
                    )
                ),
                "counts": said(record(dict.fromkeys(SEVERITIES, COUNT)), "Findings by severity."),
            }
        ),
    ),
    "policy-lint-fix": ("federation policy lint --fix --json", record(_EDITED)),
    "policy-who-can": (
        "federation policy who-can --json",
        record(
            {
                "of": said(TEXT, "The ARN of the role, or the file of the policy."),
                **_WHO_CAN["properties"],
            }
        ),
    ),
    "policy-compare": (
        "federation policy compare --json",
        _COMPARED,
    ),
    "policy-compare-roles": (
        "federation policy compare --json, of files that declare roles",
        record(
            {
                "nobody_new": said(FLAG, "Whether it is proved of every role that nobody is newly let in, and every file could be read."),
                "roles": many(
                    data_of(
                        RoleChange,
                        {
                            "address": TEXT,
                            "fate": one_of(*get_args(RoleFate)),
                            "nobody_new": said(FLAG, "Whether it is proved that the role newly lets nobody in."),
                            "comparison": maybe(_COMPARED),
                            "refusal": maybe(ref("error")),
                        },
                    )
                ),
                "faults": said(many(_FAULT), "Files, and resources in them, that cannot be read."),
            }
        ),
    ),
    "policy-test-results": (
        "federation policy test --json",
        record(
            {
                "files": many(
                    record(
                        {
                            "file": TEXT,
                            "tests": many(
                                record(
                                    {
                                        "name": said(TEXT, "Its name."),
                                        "line": said(COUNT, "Its line in the file."),
                                        "role": said(TEXT, "ARN of the role."),
                                        "expected": one_of("granted", "refused"),
                                        "because": said(maybe(TEXT), "The expected reason of the refusal."),
                                        "verdict": one_of("granted", "refused"),
                                        "passed": said(FLAG, "Whether verdict and reason are as expected."),
                                        "mismatch": said(maybe(TEXT), "What is not as expected."),
                                        "reasons": said(many(TEXT), "The check that refused, and the condition keys that are not met."),
                                        "refusal": said(maybe(ref("error")), "The refusal, also where it is expected."),
                                        "explanation": said(maybe(ref("explanation")), "Why, with causes and edits."),
                                    }
                                )
                            ),
                        }
                    )
                )
            }
        ),
    ),
    "policy-evaluate": ("federation policy evaluate DOCUMENT --json", {"$ref": "#/$defs/decision"}),
    "policy-evaluate-account": (
        "federation policy evaluate --account --json",
        record(
            {
                "allowed": FLAG,
                "explicit_deny": said(FLAG, "Whether a Deny statement decides."),
                "message": said(maybe(TEXT), "AWS's text."),
                "principal": TEXT,
                "action": TEXT,
                "resource": TEXT,
                "refusing": said(maybe(TEXT), "The layer that decides a refusal."),
                "barred": said(maybe(TEXT), "A reason for the refusal that no policy can change."),
                "layers": many(
                    record(
                        {
                            "layer": TEXT,
                            "effect": EFFECT,
                            "policies": many(
                                record(
                                    {
                                        "source": TEXT,
                                        "decision": said(maybe(ref("decision")), "Null for a policy of AWS that the account lacks."),
                                    }
                                )
                            ),
                        }
                    )
                ),
                "encoded_message": said(maybe(TEXT), "What DecodeAuthorizationMessage decodes."),
            }
        ),
    ),
    "doctor": (
        "federation doctor --json",
        record(
            {
                "versions": named(TEXT),
                "engine": said(record({"saml": TEXT}), "What reads SAML responses here, and why."),
                "plug-ins": named(ANYTHING),
                "clock": record({"utc": INSTANT, "verdict": TEXT}),
            },
            optional={"keys": said(named(TEXT), "Ages of the keys of the account.")},
        ),
    ),
}
"""Name of the schema to its title and itself."""
