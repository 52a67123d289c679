"""Papers and pictures that people take away: the receipt, the QR code."""
