"""Question banks as files: what other systems write is read, and they read what is written."""
