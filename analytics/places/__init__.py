"""Where something happens, read from what a citizen wrote: ward, street, landmark. Proposes; citizen and officer decide."""
