"""Which models there are: the catalogue, local files, the hub, licences."""
