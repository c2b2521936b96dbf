"""The allocation loop."""
