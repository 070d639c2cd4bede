"""The course in a real browser. A package, so that its browser and server end with the last test in it."""
