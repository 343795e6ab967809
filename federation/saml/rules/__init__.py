"""The checks of a proved response, one function each. `federation.saml.checks` is their ordered list."""
