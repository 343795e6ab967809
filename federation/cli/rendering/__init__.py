"""Output of results: text in columns and colours, JSON and SARIF."""
