"""Why a SAML response is refused: causes and edits, for every check of `federation.saml`."""
