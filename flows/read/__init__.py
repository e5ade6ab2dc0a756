"""From files to shapes: the only readers of TOML; a mistake is a `Fault` with file, step and "did you mean"."""
