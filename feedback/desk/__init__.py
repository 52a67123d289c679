"""The front desk's pages: sorting what came in, and keying in what came by telephone, on paper or in person."""
