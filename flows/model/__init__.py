"""Shapes: what a chart, a wijk, a place and what was heard are, as frozen values."""
