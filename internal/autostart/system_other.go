//go:build !windows

package autostart

// System is nil: this system has no registry.
func System() Registry { return nil }
