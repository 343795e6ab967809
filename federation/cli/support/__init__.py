"""What the verbs share: options, inputs, exit statuses."""
