"""The equation ``-div(k grad u) = f`` in one and two dimensions: Darcy flow, conduction, inversion, design.

All modules use equal cells, and differ in where ``k`` lives, how it is averaged, and what holds on the boundary:

- ``darcy_2d``, ``darcy_2d_inversion``: five-point differences on the unit square. ``k`` and ``u`` are given at the
  same nodes, ``k`` on a face is the arithmetic mean of its two nodes, and ``u = 0`` on the whole boundary. The
  inversion gives gradients in ``log k``.
- ``darcy_1d``, ``darcy_1d_readings``: the unit interval with ``f = 1`` and ``u = 0`` at both ends. ``k`` is constant
  in each cell, ``u`` is given at the right end of every cell, by quadrature of the flux at the cell centres.
- ``effective_conductivity``: two-point finite volumes on a square of cells. ``k`` and ``u`` are given at the cell
  centres, ``k`` on a face is the harmonic mean of its two cells; ``f = 0``, ``u = 1`` on the left, ``u = 0`` on the
  right, no flux through the other sides.
- ``bar_design``: a bar with ``u = 0`` at both ends. ``k`` is constant in each segment, ``f`` in each cell; the
  compliance is exact, by the principle of complementary energy, without values of ``u``.

Two more conventions belong to other groups: bilinear elements with one ``k`` per element in
``differentiation.conduction``, and stencils from one ``k`` per cell, with ``u`` at the nodes between the cells, in
``multigrid.model_problems``.
"""
