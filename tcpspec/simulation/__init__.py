"""One run at a time, chosen step by step, and written down as a scenario."""
