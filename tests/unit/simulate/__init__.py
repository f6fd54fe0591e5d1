"""Simulation: scenarios, the driver over the real core, statistics, theory."""
