"""The objective: which loss and metric fit head and targets."""
