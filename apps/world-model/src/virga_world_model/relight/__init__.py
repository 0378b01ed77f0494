"""The learned relight: per look and per class, a ridge regression on monomials of the source pixel."""
