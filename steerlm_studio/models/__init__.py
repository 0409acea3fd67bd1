"""Which models there are: the catalogue, this machine's files, the hub."""
