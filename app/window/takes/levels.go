package takes

// startLevels listens to the input levels while there are tracks to show them for.
func (p *Page) startLevels() {}

func (p *Page) stopLevels() {}
