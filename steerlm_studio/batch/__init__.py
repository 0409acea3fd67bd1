"""Prompts times settings as a table: what goes in, what comes out, what is done already."""
