// Package icons holds the pictures of the menu-bar icon, one for each state of app.IconState, in the format that the system wants.
// The program in gen draws them.
//
// It must hold nothing but pictures. app/tray imports it.
package icons

//go:generate go run ./gen -dir . -app-icon ../../../Icon.png -notification ../../notification.png

// Icon is one picture for SetIcon or SetTemplateIcon.
type Icon struct {
	Image    []byte // PNG, or ICO on Windows
	Template bool   // macOS: black with alpha, coloured by the system
}

// For gives the icon of a state (an app.IconState). An unknown state looks like no Live.
func For(state string) Icon { return forState(state) }
