"""What a plan asks for and where it stands, under which rule."""
