"""A second database server that follows the first: pages for reading use it, and say how old its data is (docs/adr/0014-replica.md)."""
