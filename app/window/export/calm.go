package export

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// calm is the theme as it is, without shadows: between panels the background shows, not a bar.
type calm struct{}

func current() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color implements fyne.Theme.
func (calm) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameShadow {
		return color.Transparent
	}
	return current().Color(name, v)
}

// Font implements fyne.Theme.
func (calm) Font(s fyne.TextStyle) fyne.Resource { return current().Font(s) }

// Icon implements fyne.Theme.
func (calm) Icon(n fyne.ThemeIconName) fyne.Resource { return current().Icon(n) }

// Size implements fyne.Theme.
func (calm) Size(n fyne.ThemeSizeName) float32 { return current().Size(n) }
