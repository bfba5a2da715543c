"""Holds every estimate of takeup to programmes whose truth is known (`make calibrate`)."""
