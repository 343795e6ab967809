"""Authorization of callers: the evaluation of all policies that apply, in AWS's order, and refusals with AWS's texts."""
