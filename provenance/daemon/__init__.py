"""Wires the rooms into a recorder that runs: threads, queues, the loop, stopping cleanly."""
