"""What serves the hand: widgets of the course's own, each with a JavaScript file, and files they share."""
