"""What must be remembered between calls: used assertions, revocations, the audit trail."""
