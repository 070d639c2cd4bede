"""One module per stepper: a record of a run in, a scene out, and the explorer that a notebook shows."""
