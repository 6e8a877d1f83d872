"""Training: a pure step, and the loop that drives it."""
