"""What a SteerLM model is told: values of the standard library, no more."""
