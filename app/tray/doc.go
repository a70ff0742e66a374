// Package tray shows Takebar in the menu bar (macOS), the notification area (Windows) or the panel (Linux): an icon, a title
// and a menu, drawn from app.MenuModel, whose clicks become intents on control.Core.
//
// It is the only importer of fyne.io/systray, and must not import Fyne itself, keep state of Live or decide what a click means.
// Only main imports it. systray keeps its state in package variables, so there can be one tray in a process, once.
package tray
