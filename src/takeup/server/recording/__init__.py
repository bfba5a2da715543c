"""Where decisions come in: the record API and the component that shows advice."""
