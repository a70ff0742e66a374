// Package pageports is what the settings, set-up and about pages see of this machine: config.toml, the disk that takes land on, the Remote Script in
// Live's folders, the Lives that run, and the doctor. Each is a port of app/window/ports or of a page's model.
//
// It shows nothing and decides nothing. Only main imports it.
package pageports
