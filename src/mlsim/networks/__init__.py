"""Network definitions: forward passes only, constructors take numbers."""
