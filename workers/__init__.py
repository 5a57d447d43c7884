"""The workers: lanes, jobs, the schedule."""
