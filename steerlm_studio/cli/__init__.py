"""The commands of the terminal; none needs Qt."""
