"""One row for every act, in the transaction of the act itself."""
