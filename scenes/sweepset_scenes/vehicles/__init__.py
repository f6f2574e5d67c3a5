"""Road vehicles by code: a seed draws dimensions, style and paint; each vehicle is one object with one mesh."""
