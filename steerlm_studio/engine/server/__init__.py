"""What a server is asked, and what of its answers is believed; standard library only."""
