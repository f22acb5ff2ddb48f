"""The views of the back office, a file for each kind of object."""
