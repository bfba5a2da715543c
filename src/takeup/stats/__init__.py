"""Estimators that know nothing of adoption. Imports nothing of takeup."""
