"""Shipments that cross a customs border: what their papers need, and the papers."""
