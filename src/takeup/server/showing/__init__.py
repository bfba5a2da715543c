"""What is shown of them: overview, own pages, performance in use."""
