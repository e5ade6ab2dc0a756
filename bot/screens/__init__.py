"""What each kind of person sees and taps; a folder per audience."""
