package take_test

import (
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take"
)

var _ control.Library = (*take.Library)(nil)
