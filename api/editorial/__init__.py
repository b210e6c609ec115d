"""What authors bring and take: exchange formats, and what an import would do."""
