"""CloudTrail records of federated logins: read, judged by the policies of an account, explained and audited."""
