package app

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

// TextScale is how much larger than usual the user wants text, 1 = as usual: Settings > Accessibility > Text size.
func TextScale(context.Context) float32 {
	key, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Accessibility`, registry.QUERY_VALUE)
	if err != nil {
		return 1
	}
	defer key.Close() //nolint:errcheck // it was only read
	percent, _, err := key.GetIntegerValue("TextScaleFactor")
	if err != nil {
		return 1
	}
	return sensibleScale(float64(percent) / 100)
}
