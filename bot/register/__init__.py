"""The register of koppelkansen: what organisations try together, from naming it to its result; no screens."""
