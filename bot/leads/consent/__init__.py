"""The yes of a resident: the card that asks for it, the lead that it makes, and one that goes on with a new yes."""
