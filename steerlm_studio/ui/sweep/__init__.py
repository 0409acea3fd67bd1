"""One or two attributes taken through their values: every reply at a glance."""
