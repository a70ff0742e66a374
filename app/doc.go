// Package app holds what Takebar's surfaces show and do, without any of them: menu models made from the core's Snapshot by
// pure functions, the intents behind the items, desktop notifications, and opening, revealing and copying files with the
// means of each system.
//
// It must not import a toolkit (neither systray nor Fyne), must not talk to Live and must not touch the take library other
// than through control.Core. app/tray, app/window, internal/cli and main may import it.
package app
