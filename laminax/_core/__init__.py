"""The bridge between stateful layers and pure functions. The README beside this file explains it."""
