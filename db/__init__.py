"""What is remembered: tables and the verbs on them. Imports nothing of ours."""
