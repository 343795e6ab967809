"""The matrix: questions, each a table of contestants (rows) and samples (columns), measured side by side in one run.

`questions` is the table of tables. `saml`, `jwt`, `roles`, `starting` and `serving` say how samples are made and how contestants judge
them, `outside` speaks with those of other languages, `engines` says what this package is measured on. `running` measures, `results` is what
was measured, `stored` keeps it; `terminal` and `pages` show it.
"""
