"""Modules around any network: several networks in one, units of inputs and outputs, and symmetries."""
