"""At a meeting: the list at the door, checking in with a phone, the sign-in sheet, certificates of participation."""
