"""What you see: the only package that knows Qt."""
