"""What serves the eye: pictures with an alternative text, tables, plots and diagrams.

Nothing in here computes or trains; it draws what the mathematics, runs and handwriting return.
"""
