//go:build cgo && !nowindow

package main

import (
	"errors"
	"log/slog"

	"github.com/takebar/takebar/app"
	exportpage "github.com/takebar/takebar/app/window/export"
	"github.com/takebar/takebar/internal/exports"
)

// exportPageDeps are what the export page stands on; attempts that it starts run in this process (docs/adr/0013).
func (p place) exportPageDeps(bouncer exportpage.Bouncer, files app.Files, logger *slog.Logger) exportpage.Deps {
	options := func() (exports.Options, error) { return p.exportOptions(p.file().Load().Config, logger, nil) }
	keep := func(pictures bool) error {
		file := p.file()
		return errors.Join(file.Ensure(), file.Set("export.pictures", pictures))
	}
	return exportpage.Deps{Engine: exports.NewWindow(options, p.showExport, keep), Files: files, Bouncer: bouncer}
}
