"""What teachers and authors run: `doctor`, `handout`, `claims`."""
