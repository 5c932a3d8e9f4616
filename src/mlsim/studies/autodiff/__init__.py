"""A gradient costs less than a constant times the function, whatever the number of inputs.

The lecture:
    If f can be evaluated in N operations, its gradient can be evaluated in less than cN operations (W. Baur, V.
    Strassen, *The complexity of partial derivatives*, Theor. Comput. Sci. 22, 1983), and so "you can differentiate any
    code". The lecture gives no value of c.

What counts as an operation:
    Scalar codes run on a tape: each of ``+ - * /`` and each elementary function counts one; copies, signs and the first
    write into an adjoint are free. Value and gradient then cost at most 4 N. Array codes run in torch and count one per
    number, leading terms for products and factorisations. These totals depend on how torch splits its backward
    formulas, so the bound is 5 N. Times are not measured.

Cases, with x:
    ``speelpenning``
        Product of factors; x = factors.
    ``fibonacci_chain``
        Products and quotients in turn, two inputs; x = operations.
    ``scalar_burgers``, ``burgers``
        Explicit steps of the Burgers equation; x = cells.
    ``scalar_n_body``, ``n_body``
        Bodies in the plane, bodies in space; x = bodies.
    ``scalar_fem``, ``fem``
        Heat conduction in a bar through tridiagonal elimination (x = cells), on the square (x = unknowns).
    ``random_programs``
        The worst of all random programs; x = instructions.
    ``eigenvalue``
        Smallest eigenvalue of a matrix; x = rows.
    ``mlp``
        Loss of a perceptron; x = units per hidden layer.
    ``burgers_checkpointed``, ``burgers_revolve``
        The largest Burgers code with x steps between stored states, and with at most x states stored at a time.
    ``all_scalar_codes``, ``all_array_codes``
        The worst over all codes and sizes.

Methods:
    ``reverse``
        Reverse sweep, operation by operation.
    ``implicit``
        Gradient of ``fem`` by the implicit function theorem with the same factors.
    ``library_formula``
        LAPACK's factors and torch's closed formula for their derivative. It multiplies full matrices and does not
        reverse the factorisation, so the theorem does not bound it.
    ``finite_difference``
        Forward differences.
    ``reverse_checkpointed``
        Each step runs at most twice.
    ``revolve``, ``revolve_bound``
        Steps run again as often as the stored states demand, and the closed formula for it. With very few states the
        count exceeds 5 N; the theorem does not bound memory.

Quantities:
    See ``quantities.py``. Gradients are checked against complex steps, the eigenvalue's against extrapolated central
    differences.

Refuted if:
    One program costs more than its bound, the ratio grows with the number of inputs beyond it, or a cheap gradient is
    wrong.
"""
