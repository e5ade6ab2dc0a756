"""The register of koppelkansen, and what belongs to it."""
