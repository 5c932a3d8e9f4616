"""Modules around any network: several networks in one, scaling of inputs and outputs, and symmetries."""
