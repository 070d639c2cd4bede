"""What serves the hand: widgets of the course's own, one JavaScript file each, and `dom.js` for all."""
