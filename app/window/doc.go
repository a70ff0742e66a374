// Package window is Takebar's window: the frame around its pages (takes, export, settings, set-up, about), in Fyne, in a process of its own.
// It is a thin client of the core: it may crash or be closed at any time, and recording goes on.
//
// It and the packages below it are the only importers of Fyne. It must not talk to Live, open the take library or write config.toml other than
// through control.Core and the ports that main hands in. Only main imports it.
package window
