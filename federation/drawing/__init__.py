"""Pictures: the map of an account, the report of an audit, and their charts.

A picture is laid out here as plain data and written by a Jinja2 template that escapes every value. It needs no script and refers to nothing
outside itself.
"""
