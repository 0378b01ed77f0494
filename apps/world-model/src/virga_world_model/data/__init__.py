"""Reading the simulated training set and turning it into latents."""
