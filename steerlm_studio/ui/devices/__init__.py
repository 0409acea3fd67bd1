"""The devices panel: memory of this machine and its GPUs, and what of the model lies where."""
