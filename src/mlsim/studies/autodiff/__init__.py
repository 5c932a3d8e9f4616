"""The metatheorem of automatic differentiation: a gradient for less than a constant times the function.

The lecture: if f can be evaluated in N operations, its gradient can be evaluated in less than cN operations, whatever
the number of inputs (W. Baur, V. Strassen, *The complexity of partial derivatives*, Theor. Comput. Sci. 22, 1983), and
so "you can differentiate any code". The lecture gives no value of c.

What counts as an operation is a convention, and there are two here. Scalar codes run on a tape and are counted exactly:
each of ``+ - * /`` and each elementary function is one, copies and signs are free, the first write into an adjoint is
free (:mod:`mlsim.numerics.differentiation.tape`). With it value and gradient cost at most 4 N. Array codes run in torch
and are counted where torch dispatches them (:mod:`mlsim.numerics.differentiation.torch_operations`): one per number,
leading terms for products and factorisations. Their totals depend on how torch splits its backward formulas, so that
they are only bounded, by 5 N. Times are not counted at all.

The table: ``case`` is the code, ``x`` its size. Scalar codes: ``speelpenning`` (number of factors),
``fibonacci_chain`` (operations; products and quotients by turns, two inputs), ``scalar_burgers`` (cells),
``scalar_n_body`` (bodies in the plane), ``scalar_fem`` (cells of a bar, through the tridiagonal elimination),
``random_programs`` (instructions; the worst of all programs). Array codes: ``burgers`` (cells), ``n_body`` (bodies in
space), ``fem`` (unknowns), ``eigenvalue`` (rows of the matrix), ``mlp`` (units per hidden layer).
``burgers_checkpointed`` is the largest Burgers code with ``x`` steps between kept states, ``burgers_revolve`` the same
with at most ``x`` states kept at a time. Rows of ``all_scalar_codes`` and ``all_array_codes`` are the worst over all
codes and sizes, for the claims.

Methods: ``reverse``, operation by operation, for ``fem`` through the elimination; ``implicit``, by the implicit
function theorem with the same factors; ``reverse_checkpointed``, which runs each step at most twice; ``revolve``, which
runs steps as often as the states kept demand, so that it leaves the bound of 5 N when they are very few (the theorem
bounds operations, not memory), and ``revolve_bound``, the closed formula for it; ``finite_difference``, forward
differences with the configured step, a share of the norm of the inputs; ``library_formula``, LAPACK's factors and
torch's closed formula for their derivative: products of full matrices, not the factorisation reversed, and therefore
not bound by the theorem.

Quantities: ``function_operations`` (N), ``operations`` (of value and gradient), ``ratio`` (the latter over the former;
``mean_ratio`` over the random programs), ``inputs``, ``saved_mb`` (largest number of bytes kept for the gradient at a
time; array codes), ``gradient_error`` (relative error of a few directional derivatives, against complex steps, for the
eigenvalue against extrapolated central differences; with checkpoints the largest difference to the gradient of the full
tape, which is exactly zero), ``taylor_slope`` (order of the remainder after the linear term), ``extra_steps`` (steps
run again), ``added_ratio`` (the ratio beyond that of the full tape), ``saved_share`` (bytes over those of the full
tape), ``advantage_of_reverse`` (operations of finite differences over those of the reverse sweep), ``drop_of_ratio``
(from the next smaller size). Sizes (``programs``, ``steps``, ``largest_size``, ``largest_inputs``) have no ``x``.

What would refute the claim: one program that costs more than its bound, a ratio that grows with the number of inputs
beyond it, or a gradient that is cheap and wrong.
"""
