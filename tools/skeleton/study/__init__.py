"""A network learns the flow of the harmonic oscillator from starts and ends of motions.

The lecture:
    Nothing; this study is an example.

Cases, with x:
    ``flow``
        Ends predicted from starts that no network has seen; x = time between start and end.

Methods:
    ``linear``, ``affine``
        A linear map, without and with a bias.

Quantities:
    See ``quantities.py``.

Refuted if:
    A linear map does not learn a rotation.
"""
