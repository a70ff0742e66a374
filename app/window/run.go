package window

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/internal/control"
)

// ID is the application's identifier, the same as in FyneApp.toml.
const ID = "io.github.takebar.takebar"

// Options are what a window needs.
type Options struct {
	Core   control.Core
	Logger *slog.Logger
	Page   string  // to open; "" = the first
	Look   ui.Look // to begin with
	Icon   fyne.Resource
	// Pages makes the pages, once the desk is there.
	Pages func(*ui.Desk) ([]ui.Page, error)
	// Looks gives the look anew when the user's choice changes; nil = it stays.
	Looks <-chan ui.Look
	// Closed is called when the window is gone and its pages are closed; Run may return later, or, by a fault of the toolkit, not at all.
	Closed func()
	// Asked gives pages to bring to the front, as when Takebar's window is opened a second time.
	Asked <-chan string
}

// Run shows the window until the user closes it or ctx ends. It must be called from the main goroutine, with a display.
func Run(ctx context.Context, o Options) error {
	say, err := speak()
	if err != nil {
		return err
	}
	a := fyneapp.NewWithID(ID)
	a.Settings().SetTheme(o.Look)
	w := a.NewWindow("Takebar")
	w.SetIcon(o.Icon)
	w.SetMaster()
	w.Resize(fyne.NewSize(1100, 720))
	desk := ui.NewDesk(ctx, w, say)
	defer desk.Close()
	pages, err := o.Pages(desk)
	if err != nil {
		return err
	}
	shell := NewShell(desk, pages)
	shell.Snapshot(o.Core.Snapshot())
	ui.Stream(desk, o.Core.Watch(desk.Context()), shell.Snapshot)
	ui.Stream(desk, o.Looks, func(l ui.Look) { a.Settings().SetTheme(l) })
	ui.Stream(desk, o.Asked, func(page string) {
		if page != "" {
			desk.Open(page, "")
		}
		w.Show()
		w.RequestFocus()
	})
	if o.Page != "" {
		desk.Open(o.Page, "")
	}
	// Once, whoever comes first: the window may be closed before the toolkit lets go of this goroutine.
	closed := sync.OnceFunc(func() {
		for _, p := range pages {
			p.Close()
		}
		desk.Close()
		if o.Closed != nil {
			o.Closed()
		}
	})
	w.SetOnClosed(closed)
	stop := context.AfterFunc(ctx, func() {
		desk.Do(func() {
			closed()
			a.Quit()
		})
	})
	defer stop()
	w.ShowAndRun()
	closed()
	return nil
}

// speak hands the texts to Fyne's lang package, which chooses the language.
func speak() (words.Say, error) {
	english, err := words.Texts(words.Source)
	if err != nil {
		return nil, err
	}
	for _, language := range words.Languages() {
		raw, err := words.JSON(language)
		if err != nil {
			return nil, err
		}
		if err := lang.AddTranslationsForLocale(raw, fyne.Locale(language)); err != nil {
			return nil, fmt.Errorf("load the texts of %s: %w", language, err)
		}
	}
	return func(key string, data ...words.Data) string {
		if len(data) == 0 {
			return lang.X(key, english[key])
		}
		return lang.X(key, english[key], map[string]any(data[0]))
	}, nil
}
