"""The register of koppelkansen, as members, wijkverbinders and the coordinator see it."""
