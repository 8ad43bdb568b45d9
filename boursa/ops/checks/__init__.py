"""What `boursa doctor` looks at: a module for each part, a plain function for each check."""
