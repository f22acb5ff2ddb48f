"""The views of the portal, a file for each kind of object."""
