"""SAML 2.0 responses: from the posted base64 to a proved identity."""
