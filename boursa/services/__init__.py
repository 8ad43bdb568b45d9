"""What BoursA does, one noun a module. A service takes a session and plain values; it never commits."""
