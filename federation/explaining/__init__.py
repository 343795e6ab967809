"""Why a login is refused and what makes it succeed: from a refusal, with all that is at hand, to causes and edits.

`engine.explain` is the one entry. It gathers a `Situation`, and asks the table that holds an explanation for each check.
"""
