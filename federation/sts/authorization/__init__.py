"""What a caller may do: every policy that has a say, in AWS's order of evaluation, and refusals in AWS's words."""
