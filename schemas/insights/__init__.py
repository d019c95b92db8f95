"""The shapes of insights; each question's are in the file of its name."""
