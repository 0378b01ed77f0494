"""Training stages, each one command: relight, tokenizer, prior, residual, bundle."""
