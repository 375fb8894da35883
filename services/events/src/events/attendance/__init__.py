"""At the meeting: who was there, the door, and certificates of participation."""
