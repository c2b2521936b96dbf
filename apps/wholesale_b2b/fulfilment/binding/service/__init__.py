"""Batches and serial numbers of what is picked and shipped: proposed, completed, and refused where others have them."""
