"""The run-time check of annotations under pytest: shapes by jaxtyping, types by beartype."""

from beartype import BeartypeConf, beartype

# an int may stand where a float is expected, as static checkers have it
checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
