package takes

import (
	"context"

	"github.com/takebar/takebar/app/window/ui"
	"github.com/takebar/takebar/internal/control"
)

// startLevels listens to the input levels while there are tracks to show them for. Where they cannot be told, the meters stay empty.
func (p *Page) startLevels() {
	core, ok := p.deps.Core.(control.LevelCore)
	if !ok || p.levels != nil {
		return
	}
	ctx, stop := context.WithCancel(p.desk.Context())
	p.levels = stop
	var levels <-chan control.Levels
	p.desk.Run(func(context.Context) (err error) {
		levels, err = core.Levels(ctx)
		return err
	}, func(err error) {
		if err == nil {
			ui.Stream(p.desk, levels, p.showLevels)
		}
	})
}

func (p *Page) stopLevels() {
	if p.levels != nil {
		p.levels()
		p.levels = nil
	}
}

// showLevels moves the meters. A track that is not told of is silent.
func (p *Page) showLevels(l control.Levels) {
	told := map[string]control.TrackLevel{}
	for _, t := range l.Tracks {
		told[t.ID] = t
	}
	for id, m := range p.stripView.meters {
		m.set(told[id].Left, told[id].Right)
	}
}
