"""Terraform: plans and states as JSON, and configurations in its own language."""
