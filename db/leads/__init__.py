"""Leads and what they rest on: consents and disclosures."""
