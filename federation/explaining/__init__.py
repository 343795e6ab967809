"""Why a login is refused and what makes it succeed: from a refusal and its context to causes and edits.

`engine.explain` is the one entry. It gathers a `Situation`, and asks the table that holds an explanation for each check.
"""
