"""How well scans of filled forms are read: a generator of scans with their truth, the measurement, the calibration."""
