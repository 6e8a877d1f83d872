"""Side-by-side runs of laminax and what else trains neural networks: `python -m benchmarks`."""
