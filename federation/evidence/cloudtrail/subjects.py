"""Subjects by their form: what is alike of many logins, without what differs from one to the next."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from federation.evidence.cloudtrail.knowable import provider_host
from federation.evidence.cloudtrail.login_record import SAML, LoginRecord
from federation.vendors import find_vendor

_FIELD: Final = re.compile(r"\{(\w+)\}")
NO_SUBJECT: Final = "no subject"


def subject_pattern(record: LoginRecord) -> str:
    """Return the subject of *record* as a pattern: of a form that is known whose it is, such as ``repo:acme/app:ref:refs/heads/*``.

    A name with an ``@`` is that of its domain. Any other subject stands for itself.
    """
    if record.subject is None:
        return NO_SUBJECT
    return _pattern("" if record.operation == SAML else provider_host(record.provider), record.subject)


@lru_cache(maxsize=4_096)
def _pattern(host: str, subject: str) -> str:
    found = find_vendor(host).subjects.read(subject) if host else None
    if found is not None and found.form.whose:
        whose = {name for field in _FIELD.findall(found.form.whose) for name in (field, f"{field}_id")}
        return found.with_wildcards(found.parts.keys() - whose)
    _, at, domain = subject.rpartition("@")
    return f"*@{domain}" if at else subject
