"""iplicit."""
