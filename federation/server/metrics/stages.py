"""How long a request spends in each stage. The library has no hooks for it: a worker replaces the functions at the seams of the stages.

Replacing names is how instrumentation is added to libraries from outside. So a program that imports the library pays nothing, and a stage
has one implementation. The clock here measures; no verdict depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import perf_counter_ns
from types import ModuleType
from typing import Final, NamedTuple, ParamSpec, TypeVar

from federation.oauth import validator as oauth_validator
from federation.oidc import validator as oidc_validator
from federation.saml import validator as saml_validator
from federation.saml.road import proving
from federation.server.metrics.catalogue import STAGES
from federation.sts import sigv4
from federation.sts.authorization import own_actions
from federation.sts.login import trust
from federation.sts.operations import (
    assume_role,
    assume_role_with_saml,
    assume_role_with_web_identity,
    assume_root,
    delegated_access,
    session_tokens,
)

P = ParamSpec("P")
R = TypeVar("R")
StageMark = tuple[int, int, int]
"""A stage, and when it began and ended by `time.perf_counter_ns`."""


class Seam(NamedTuple):
    """A function that begins a stage: *name* in *module*, by which the module calls it."""

    stage: str
    module: ModuleType
    name: str


SEAMS: Final = (
    Seam("decode", saml_validator, "decode_response"),
    Seam("decode", assume_role_with_web_identity, "decode_token"),
    Seam("verify", saml_validator, "prove"),
    Seam("verify", oidc_validator, "verify_token"),
    Seam("verify", oauth_validator, "look_up"),
    Seam("verify", sigv4, "verify"),
    Seam("read", proving, "read_assertion"),
    Seam("read", oidc_validator, "read_claims"),
    Seam("check", assume_role_with_saml, "validate"),
    Seam("check", assume_role_with_web_identity, "validate"),
    Seam("check", assume_role_with_saml, "enforce"),
    Seam("check", assume_role_with_web_identity, "session_request"),
    Seam("evaluate", trust, "decide"),
    Seam("evaluate", own_actions, "authorize"),
    Seam("issue", assume_role_with_saml, "issue"),
    Seam("issue", assume_role_with_web_identity, "issue"),
    Seam("issue", assume_role, "seal_session"),
    Seam("issue", delegated_access, "seal_session"),
    Seam("issue", assume_root, "seal_items"),
    Seam("issue", session_tokens, "seal_items"),
)
"""A stage within another counts for itself alone. The fast engine reads while it verifies; a plug-in does everything in ``check``."""
OUTSIDE: Final = len(STAGES)
"""Stands for time that belongs to no stage, as that of the record of used tokens."""


MEASURED_EVERY: Final = 17
"""Of how many requests one is measured. A prime number, so that no rhythm of clients hides behind it."""
_NOTHING: Final = (0,) * (len(STAGES) + 1)


class Stopwatch:
    """Adds up the time of each stage of one request of many. A worker answers one request after another, in one thread.

    The functions at the seams are replaced for the time of a request that is measured, so that the others pay nothing.

    Attributes:
        spent: Nanoseconds by stage, and of what belongs to none, of the request that is measured.
        marks: Each stage that ended since somebody cleared the list; None where nobody reads it.
        measures: Whether a request is being measured.
    """

    __slots__ = ("_every", "_inner", "_left", "_seams", "marks", "measures", "spent")

    def __init__(self, *, every: int = MEASURED_EVERY, marks: list[StageMark] | None = None) -> None:
        """Measure the first request and one of *every* from then on; *marks* takes the stages of those."""
        self._every, self._left, self._inner = every, 0, [0]
        self.spent, self.marks, self.measures = list(_NOTHING), marks, False
        found = [(seam, vars(seam.module), vars(seam.module)[seam.name]) for seam in SEAMS]
        self._seams = [(names, seam.name, function, self.timed(STAGES.index(seam.stage), function)) for seam, names, function in found]

    def begin(self) -> None:
        """Begin a request."""
        if self._left:
            self._left -= 1
            return
        self._left, self.measures = self._every - 1, True
        self.spent[:], self._inner[0] = _NOTHING, 0
        for names, name, _, measured in self._seams:
            names[name] = measured

    def end(self) -> None:
        """End the request: what comes after it, such as its explanation for the log, which judges its token again, is not measured."""
        if self.measures:
            self.measures = False
            for names, name, function, _ in self._seams:
                names[name] = function

    def timed(self, stage: int, function: Callable[P, R]) -> Callable[P, R]:
        """Return *function*, whose time without that of functions within it is added to *stage*."""
        spent, inner, now, marks = self.spent, self._inner, perf_counter_ns, self.marks

        @wraps(function)
        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            outer, inner[0] = inner[0], 0
            began = now()
            try:
                return function(*args, **kwargs)
            finally:
                took = now() - began
                spent[stage] += took - inner[0]
                inner[0] = outer + took
                if marks is not None:
                    marks.append((stage, began, began + took))

        return measured
