"""What every page and route shares: rendering, problems, security, limits."""
