"""Loss surfaces. The lecture, the table, refute."""
