"""The rules a proved response must keep, one small function each; `federation.saml.checks` puts them in order."""
