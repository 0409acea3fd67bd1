"""Conversations out and in: one file per format."""
