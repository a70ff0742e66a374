// Package exporttest is test support for export attempts: a private X display with a window manager, a stand-in for Live's windows that acts on real
// key events only, and a victim window that writes down every key it gets.
//
// Nothing outside tests may import it. A test binary calls Main at the top of its TestMain: the stand-in and the victim run in processes
// of their own, which are the test binary again.
package exporttest
