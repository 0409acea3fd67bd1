"""Opening models: this machine's, the catalogue's, the hub's; downloads, cards, what fits."""
