"""What a lesson runs and records: one module a run."""
