package player

// course is the way that a voice takes through the take: it begins somewhere, and goes on to the end or round a loop.
type course struct {
	start            int64
	loopFrom, loopTo int64 // a loop where loopTo > loopFrom
	length           int64 // of the take
	seek             uint64
}

// loops says that the way never ends: a start behind the loop leads past it.
func (c *course) loops() bool { return c.loopTo > c.loopFrom && c.start < c.loopTo }

// at is the frame of the take that comes after n frames.
func (c *course) at(n int64) int64 {
	p := c.start + n
	if c.loops() {
		if p >= c.loopTo {
			p = c.loopFrom + (p-c.loopTo)%(c.loopTo-c.loopFrom)
		}
		return p
	}
	return min(p, c.length)
}

// run is how many frames follow each other without a jump from the frame at(n) on; 0 = the end.
func (c *course) run(n int64) int64 {
	if c.loops() {
		return c.loopTo - c.at(n)
	}
	return max(0, c.length-c.start-n)
}
