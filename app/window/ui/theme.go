package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours of our own; theme.Color(name) gives them within Takebar's theme.
const (
	ColorRecord    fyne.ThemeColorName = "takebarRecord"    // recording, and nothing else
	ColorWave      fyne.ThemeColorName = "takebarWave"      // waveforms
	ColorWaveQuiet fyne.ThemeColorName = "takebarWaveQuiet" // muted or behind
	ColorPlayhead  fyne.ThemeColorName = "takebarPlayhead"
	ColorFaint     fyne.ThemeColorName = "takebarFaint" // text of second rank
	ColorMeter     fyne.ThemeColorName = "takebarMeter"
	ColorMeterHot  fyne.ThemeColorName = "takebarMeterHot"
	ColorPanel     fyne.ThemeColorName = "takebarPanel" // a shade off the background: side bar, cards, lanes
	ColorBadge     fyne.ThemeColorName = "takebarBadge"
	ColorStar      fyne.ThemeColorName = "takebarStar"
)

// Look is Takebar's theme: Fyne's own with calmer colours and the user's text size.
type Look struct {
	// Variant is theme.VariantLight or VariantDark; with System the system's choice goes first.
	Variant fyne.ThemeVariant
	System  bool
	Text    float32 // 1 = as designed; follows the system's text size
}

var _ fyne.Theme = Look{}

type shade struct{ light, dark color.NRGBA }

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// shades are the colours that differ from Fyne's own.
func shades(name fyne.ThemeColorName) (shade, bool) {
	if s, ok := ownShades(name); ok {
		return s, true
	}
	switch name {
	case theme.ColorNameBackground:
		return shade{hex(0xfbfbfc), hex(0x1c1d21)}, true
	case theme.ColorNameForeground:
		return shade{hex(0x1f2126), hex(0xe9eaee)}, true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return shade{hex(0x2f6fdb), hex(0x6ea3ff)}, true
	case theme.ColorNameForegroundOnPrimary:
		return shade{hex(0xffffff), hex(0x0f1420)}, true
	case theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return shade{hex(0xffffff), hex(0x2a2c32)}, true
	case theme.ColorNameInputBackground:
		return shade{hex(0xf0f1f4), hex(0x26282d)}, true
	case theme.ColorNameButton:
		return shade{hex(0xe9ebef), hex(0x313339)}, true
	case theme.ColorNameSeparator:
		return shade{hex(0xdfe1e6), hex(0x34363d)}, true
	case theme.ColorNameInputBorder: // also of an empty check box, which must be seen
		return shade{hex(0xc4c9d2), hex(0x4d515b)}, true
	case theme.ColorNameError:
		return shade{hex(0xd5302f), hex(0xff5d57)}, true
	case theme.ColorNamePlaceHolder:
		return shade{hex(0x5f6672), hex(0xa0a6b2)}, true
	}
	return shade{}, false
}

func ownShades(name fyne.ThemeColorName) (shade, bool) {
	switch name {
	case ColorRecord:
		return shade{hex(0xd5302f), hex(0xff5d57)}, true
	case ColorWave:
		return shade{hex(0x3f78c9), hex(0x7fb0f5)}, true
	case ColorWaveQuiet:
		return shade{hex(0xb9c4d4), hex(0x4d5564)}, true
	case ColorPlayhead:
		return shade{hex(0xd97706), hex(0xffb454)}, true
	case theme.ColorNameDisabled: // still to be read: what cannot be done now is worth knowing
		return shade{hex(0xa3a8b2), hex(0x6a707c)}, true
	case ColorFaint:
		return shade{hex(0x5f6672), hex(0xa0a6b2)}, true
	case ColorMeter:
		return shade{hex(0x2c9c5c), hex(0x46c47e)}, true
	case ColorMeterHot:
		return shade{hex(0xd5302f), hex(0xff5d57)}, true
	case ColorPanel:
		return shade{hex(0xf1f2f5), hex(0x232429)}, true
	case ColorBadge:
		return shade{hex(0xe3e7ee), hex(0x373b44)}, true
	case ColorStar:
		return shade{hex(0xd9940a), hex(0xf5c451)}, true
	}
	return shade{}, false
}

// Color implements fyne.Theme.
func (l Look) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	variant := l.variant(system)
	if s, ok := shades(name); ok {
		if variant == theme.VariantLight {
			return s.light
		}
		return s.dark
	}
	return theme.DefaultTheme().Color(name, variant)
}

func (l Look) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	if l.System {
		return system
	}
	return l.Variant
}

// Font implements fyne.Theme.
func (Look) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon implements fyne.Theme.
func (Look) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements fyne.Theme.
func (l Look) Size(name fyne.ThemeSizeName) float32 {
	size := theme.DefaultTheme().Size(name)
	switch name {
	case theme.SizeNameText:
		size = 13
	case theme.SizeNameCaptionText:
		size = 11
	case theme.SizeNameSubHeadingText:
		size = 16
	case theme.SizeNameHeadingText:
		size = 22
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		size = 6
	case theme.SizeNameInlineIcon:
		size = 18
	default:
		return size
	}
	if l.Text > 0 && name != theme.SizeNameInputRadius && name != theme.SizeNameSelectionRadius {
		size *= l.Text
	}
	return size
}
