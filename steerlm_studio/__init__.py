"""A desktop playground for SteerLM models."""

__version__ = "0.1.0"
