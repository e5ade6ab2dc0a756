"""Updates come in: by polling or webhook, confirmed when they are committed."""
