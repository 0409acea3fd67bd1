"""`make gpu-check`: what can only be seen where there is a GPU."""
