"""The exercises of the course: what is asked, the right answer, and the usual wrong ones.

There is one module for each notebook. ``calling`` runs a learner's function safely, ``compare``
says how two answers differ, ``result`` is what a check says, and ``exercise`` puts them together.
Learners meet all this as ``nblib.check``.
"""
