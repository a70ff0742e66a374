//go:build cgo && !nowindow

package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2/theme"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/sound"
	aboutpage "github.com/takebar/takebar/app/window/about"
	exportpage "github.com/takebar/takebar/app/window/export"
	"github.com/takebar/takebar/app/window/opened"
	settingspage "github.com/takebar/takebar/app/window/settings"
	setuppage "github.com/takebar/takebar/app/window/setup"
	"github.com/takebar/takebar/app/window/takes"
	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/copies"
	"github.com/takebar/takebar/internal/exports"
	"github.com/takebar/takebar/internal/player"
	"github.com/takebar/takebar/internal/player/device"
	"github.com/takebar/takebar/internal/waveform"
)

// windowParts are what the pages of the window stand on.
type windowParts struct {
	place    place
	core     *control.Client
	logger   *slog.Logger
	files    *app.SystemFiles
	waves    *waveform.Store
	player   *player.Player
	copies   *copies.Maker
	attempts *exports.Menu
	work     sync.WaitGroup // ends with the context of windowParts
	scale    float32
	looks    chan ui.Look
}

func (p place) windowParts(ctx context.Context, core *control.Client, logger *slog.Logger) (*windowParts, error) {
	c := p.file().Load().Config
	dir, err := p.takesDir(c)
	if err != nil {
		return nil, err
	}
	attempts, err := p.exportMenu(logger)
	if err != nil {
		return nil, err
	}
	w := &windowParts{
		place: p, attempts: attempts, core: core, logger: logger, files: app.NewFiles(logger),
		waves:  waveform.New(waveform.Options{Dir: dir, Logger: logger}),
		player: player.New(device.New(logger), player.Options{Logger: logger}),
		copies: copies.New(copies.Options{Version: buildVersion(), Artist: func() string { return p.file().Load().Config.Artist }}),
		scale:  app.TextScale(ctx), looks: make(chan ui.Look, 1),
	}
	w.work.Go(func() {
		if err := attempts.Watch(ctx); err != nil {
			logger.Warn("the window does not follow export commands", "error", err)
		}
	})
	return w, nil
}

// Close gives back what the pages stood on; they are closed before.
func (w *windowParts) Close() error {
	w.work.Wait()
	return errors.Join(w.player.Close(), w.waves.Close())
}

func (w *windowParts) colours() string { return w.place.file().Load().Config.Colours }

// look is the theme for a choice of colours: system, light or dark.
func (w *windowParts) look(colours string) ui.Look {
	look := ui.Look{Text: w.scale}
	switch colours {
	case "light":
		look.Variant = theme.VariantLight
	case "dark":
		look.Variant = theme.VariantDark
	default:
		look.System = true
	}
	return look
}

// recolour shows the window in other colours; the latest choice counts.
func (w *windowParts) recolour(colours string) {
	select {
	case <-w.looks:
	default:
	}
	select {
	case w.looks <- w.look(colours):
	default:
	}
}

// pages makes the pages, in the order of the side bar.
func (w *windowParts) pages(desk *ui.Desk) ([]ui.Page, error) {
	w.waves.Speak(sound.Say(desk.Say))
	w.player.Speak(sound.Say(desk.Say))
	settings, err := w.place.settingsDeps(settingsPorts{Core: w.core, Files: w.files, Attempts: w.attempts, Devices: w.player.Devices, Use: w.player.Use, Colours: w.recolour})
	if err != nil {
		return nil, err
	}
	about, err := w.place.aboutDeps(w.files, windowIcon)
	if err != nil {
		return nil, err
	}
	return []ui.Page{
		w.takesPage(desk), exportpage.New(desk, w.place.exportPageDeps(w.core, w.files, w.logger)), settingspage.New(desk, settings), setuppage.New(desk, w.place.setupDeps(w.core, w.files)), aboutpage.New(desk, about),
	}, nil
}

// lettingGo has the player let go of files before they are moved: Windows refuses to move a file that is open.
type lettingGo struct {
	*control.Client
	player *player.Player
}

func (l lettingGo) letGo(ctx context.Context) {
	if runtime.GOOS == "windows" {
		_ = l.player.Load(ctx, nil) // with nothing to play it says so
	}
}

// RenameTake implements takes.Core.
func (l lettingGo) RenameTake(ctx context.Context, ref, name string) (control.LibraryTake, error) {
	l.letGo(ctx)
	return l.Client.RenameTake(ctx, ref, name)
}

// TrashTake implements takes.Core.
func (l lettingGo) TrashTake(ctx context.Context, ref string) (control.LibraryTake, error) {
	l.letGo(ctx)
	return l.Client.TrashTake(ctx, ref)
}

func (w *windowParts) takesPage(desk *ui.Desk) ui.Page {
	return takes.New(desk, takes.Deps{
		Core: lettingGo{w.core, w.player}, Files: w.files, Waves: w.waves, Now: time.Now,
		Opened: func(desk *ui.Desk, changed func(control.LibraryTake)) takes.Opened {
			return opened.New(desk, opened.Deps{Core: w.core, Files: w.files, Waves: w.waves, Player: w.player, Convert: w.copies, Changed: changed})
		},
	})
}
