"""The issuers that the forge can simulate, by name, from the table of vendors."""

from __future__ import annotations

from typing import Final

from federation.vendors import ANY, VENDORS, OidcShape

__all__ = ["OIDC_SHAPES", "OidcShape"]

OIDC_SHAPES: Final[dict[str, OidcShape]] = {vendor.shape.name: vendor.shape for vendor in (ANY, *VENDORS) if vendor.shape is not None}
