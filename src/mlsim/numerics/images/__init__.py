"""Images: rendered data sets, degradations, restoration by total variation, measures of quality and agreement.

``stopping_criteria`` ends the fit of an image; ``segmentation`` compares binary images.
"""
