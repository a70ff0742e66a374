"""Tests of livesim; run them from remote_script: python3 -m unittest discover -s tests/livesim -t ."""
