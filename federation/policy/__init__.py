"""IAM policies: parsed with a path on error, compiled once, evaluated purely."""
