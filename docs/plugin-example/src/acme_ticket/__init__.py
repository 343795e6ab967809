"""Tickets: what Acme's door hands out, and how `federation` judges it.

A ticket is ``acme1.<claims>.<signature>``: base64url of a JSON object, and of the Ed25519 signature over all before the last dot.
The claims are ``iss``, ``sub``, ``aud`` and ``id`` (text), ``iat`` and ``exp`` (whole seconds since 1970).
"""

from acme_ticket.provider import TicketProvider
from acme_ticket.ticket import sign_ticket
from acme_ticket.validator import TicketValidator

__all__ = ["TicketProvider", "TicketValidator", "sign_ticket"]
