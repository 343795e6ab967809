"""What the server tells of itself to Prometheus: what it counted and timed in all workers, and what is true at the scrape."""
