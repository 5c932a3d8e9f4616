"""Fully connected networks: plain, monotone in their inputs, and several at once in one tensor."""
