"""What leaves the house with a document, and for whom: asked by whatever may stop it."""
