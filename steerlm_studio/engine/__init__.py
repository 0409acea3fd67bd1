"""How it answers: a child process around llama.cpp that sees prompts, never attributes."""
