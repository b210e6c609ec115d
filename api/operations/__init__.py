"""For whoever runs the product: backups, and what is wrong and what to do."""
