"""The tags and filters of templates: ``{% load design locale %}``."""
