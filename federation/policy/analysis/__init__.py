"""Whom a trust policy lets in, and whom a change of it lets in: proved about every request, not tried on a sample.

A policy is a boolean function of its conditions, and a condition is about one key. So `search` looks for values key by key: texts by the
languages of the operands (`texts`, `automaton`), numbers, dates and addresses by one of each region (`representatives`). What it finds is
put to the evaluator before it is believed; what it cannot decide within its bound it calls undecided.
"""

from __future__ import annotations

from federation.policy.analysis.admission import Admission, WhoCan
from federation.policy.analysis.admitting import lets_somebody_in, who_can
from federation.policy.analysis.budget import Budget
from federation.policy.analysis.callers import CallerGroup
from federation.policy.analysis.comparing import TrustChange, TrustComparison, TrustDifference, compare
from federation.policy.analysis.sides import AdmittedLogin

__all__ = [
    "Admission",
    "AdmittedLogin",
    "Budget",
    "CallerGroup",
    "TrustChange",
    "TrustComparison",
    "TrustDifference",
    "WhoCan",
    "compare",
    "lets_somebody_in",
    "who_can",
]
