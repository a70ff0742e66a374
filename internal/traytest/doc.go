// Package traytest drives a tray icon the way a Linux panel does: on a private D-Bus it is the StatusNotifierWatcher, reads the
// menu, clicks items and looks at icon, title and tooltip; it can also stand in for the notification service and the file
// manager, and write down what they are asked for. The program under test is a real one in a process of its own.
//
// It must not know Takebar: labels are all it goes by. Tests, benchmarks and the tool that takes the pictures for the manual import
// it; programs that are shipped must not. It needs the program dbus-daemon, and Linux.
package traytest
