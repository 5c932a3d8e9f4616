"""Registered quantities of the tables."""

from mlsim.quantities import Quantity, family

COSTS = {
    "calls": Quantity(
        "1", "calls of the simulator, median over problems, failures with all that they spent", "smaller"
    ),
    "work_units": Quantity("1", "work units, median over problems, failures with all that they spent", "smaller"),
}

QUANTITIES = {
    **COSTS,
    **family("{}_lower_quartile", COSTS, meaning="lower quartile instead of the median: {}"),
    **family("{}_upper_quartile", COSTS, meaning="upper quartile instead of the median: {}"),
    "calls_over_smaller": Quantity("1", "calls over those at the next smaller dimension", "smaller"),
    "calls_over_reference": Quantity("1", "calls over those with 16 parameters", "smaller"),
    "work_over_reference": Quantity("1", "work units over those with 16 parameters", "smaller"),
    "work_over_gradient": Quantity("1", "work units over those of lbfgs_gradient on the same problems", "smaller"),
    "exponent": Quantity("1", "exponent of the calls as a power of the dimension, from 16 on", "smaller"),
    "success_rate": Quantity("1", "fraction of problems that are solved within the cap", "larger"),
    "success_rate_within_8000": Quantity("1", "fraction of problems that are solved within 8000 work units", "larger"),
    "least_value": Quantity("1", "smallest value found, median over problems", "smaller"),
    "lowest_value_of_all": Quantity("1", "smallest value found on any problem"),
    "lowest_value_without_tolerance": Quantity("1", "smallest value of searches that go on to the cap"),
    "restarts": Quantity("1", "number of restarts, median over problems", "smaller"),
    "effective_dimension": Quantity(
        "1", "directions that hold all but the tolerance of the misfit's second derivative"
    ),
    "problems": Quantity("1", "number of problems"),
    "largest_dimension": Quantity("1", "largest number of parameters"),
    "cap_units": Quantity("1", "work units after which a search is ended"),
}
