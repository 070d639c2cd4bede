"""What serves the hand: widgets of the course's own, one JavaScript file each."""
