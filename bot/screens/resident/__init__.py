"""What residents see: cards, offers, overlays, their own data, and the notice of an outage."""
