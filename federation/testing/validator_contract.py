"""The contract for validators: clauses that the author of a validator runs against a specimen. The built-in validators keep it.

    @pytest.mark.parametrize("clause", CONTRACT, ids=str)
    def test_contract(clause: Clause) -> None:
        clause.check(Specimen(provider=…, token=…, at=…, …))

A violated clause raises `ContractError`. pytest is not required.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from federation.testing import clauses
from federation.testing.specimen import ContractError, Specimen

__all__ = ["CONTRACT", "Clause", "ContractError", "Specimen"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the contract. ``str()`` returns its name."""

    name: str
    promise: str
    _hold: Callable[[Specimen], None]

    def __str__(self) -> str:
        return self.name

    def check(self, specimen: Specimen) -> None:
        """Check the specimen's validator.

        Raises:
            ContractError: The validator violates the clause.
        """
        try:
            self._hold(specimen)
        except ContractError as broken:
            raise ContractError(f"{self.name}: {broken}. The contract: {self.promise}") from broken


def _clause(hold: Callable[[Specimen], None]) -> Clause:
    return Clause(hold.__name__.replace("_", "-"), (hold.__doc__ or "").partition("\n")[0], hold)


CONTRACT: Final = tuple(
    map(
        _clause,
        (
            clauses.accepts,
            clauses.recognises_its_own,
            clauses.refuses_tampered,
            clauses.refuses_expired,
            clauses.refuses_early,
            clauses.refuses_misaddressed,
            clauses.refuses_other_key,
            clauses.refuses_other_issuer,
            clauses.refuses_other_types,
            clauses.refuses_oversized,
            clauses.diagnoses_alike,
            clauses.remembers_nothing,
            clauses.deterministic,
            clauses.asks_no_clock,
            clauses.offline,
            clauses.keeps_secrets,
        ),
    )
)
"""Every clause. Each also checks that `diagnose` agrees with `validate`."""
