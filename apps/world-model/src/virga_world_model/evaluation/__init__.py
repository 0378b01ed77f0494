"""Measuring a bundle on held-out simulated drives."""
