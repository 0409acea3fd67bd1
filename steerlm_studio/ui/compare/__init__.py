"""Several columns of one question side by side: what each slider does."""
