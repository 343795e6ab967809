"""A small harness for mutation testing: small faults in the modules that check, prove and decide, and which of them no test notices."""
