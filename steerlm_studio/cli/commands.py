"""The commands of the terminal by name, without loading what they need."""

COMMANDS = {
    "control": "print or check a control string",
    "prompt": "print exactly what is sent for a conversation",
    "generate": "answer a prompt, streaming to the terminal",
    "batch": "answer a file of prompts under several settings",
    "tokenize": "print a model's tokens of a text",
    "export": "make GGUFs of a checkpoint",
    "inspect": "tell what a checkpoint or GGUF holds",
    "models": "list, find and download models",
    "transcripts": "list, show, export and import conversations",
    "bench": "measure what prompts, slider moves and lanes cost here",
    "doctor": "what this machine has and what is missing",
}
