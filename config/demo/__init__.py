"""Northmoor, the invented partnership of four areas that a demonstration opens on.

``words`` says what there is, ``feeds`` writes it as the files a provider and a school would hand over, ``town`` hands
them over, and ``year`` lives a year of applications through the real actions.
"""
