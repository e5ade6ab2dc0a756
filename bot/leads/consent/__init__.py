"""The yes of a resident: what stands on the card that asks for it, and a lead that may go on with a new one."""
