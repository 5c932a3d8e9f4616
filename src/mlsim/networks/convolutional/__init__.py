"""Convolutional networks on images and on periodic functions, and the layers they are made of."""
