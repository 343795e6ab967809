"""Options, inputs and exit statuses that several verbs share."""
