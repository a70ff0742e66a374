package app

import "context"

// TextScale is 1: macOS has no text size for all programs. The scale of the display comes from elsewhere.
func TextScale(context.Context) float32 { return 1 }
