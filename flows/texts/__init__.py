"""From shapes to messages for translators, and the `{fields}` that texts may hold."""
