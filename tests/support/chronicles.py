"""A chronicle as plain values, to compare two of them."""

from typing import Any

from federation.judging.chronicle import MOST_KEYS, Chronicle


def told(chronicle: Chronicle) -> dict[str, Any]:
    """Return everything that *chronicle* tells."""
    counters = {name: getattr(chronicle, name).most_common(MOST_KEYS) for name in ("providers", "issuers", "lenient", "roles", "remedies")}
    refusals = {key: (each.count, each.first, each.last, each.samples) for key, each in chronicle.refusals.items()}
    spans = (chronicle.spans.length, list(chronicle.spans))
    return counters | {"tally": chronicle.tally.as_dict(), "spans": spans, "refusals": refusals, "profiles": chronicle.profiles}
