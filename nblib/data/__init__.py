"""Data: the digits of MNIST, toy data, and arrays in files."""
