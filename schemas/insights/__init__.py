"""The shapes of insights: one file for what is written, one for who takes it, one for days."""
