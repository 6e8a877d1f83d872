"""Data: arrays and streams into batches."""
