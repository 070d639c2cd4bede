"""What teachers and authors run: `doctor`, `handout`, `claims`, and the `articles` whose claims are tried."""
