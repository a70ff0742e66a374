"""Tests of the Remote Script. Run from remote_script: python3 -m unittest discover -s tests -t ."""
