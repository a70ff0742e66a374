//go:build !cgo || nowindow

package main

import (
	"context"
	"log/slog"

	"github.com/takebar/takebar/app"
)

// This build has no windows.

func windowRole() func(ctx context.Context, page string, say func(string)) error { return nil }

func windowOpener(*slog.Logger) app.Windows { return nil }
