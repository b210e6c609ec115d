"""For the people who run the product: backups, and what is wrong and what to do."""
