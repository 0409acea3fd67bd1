"""Makes the demo model: corpus, tokenizer, training, saving and measuring."""
