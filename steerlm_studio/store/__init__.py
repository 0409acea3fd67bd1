"""What must not be lost: conversations, their versions, and how each reply was made."""
