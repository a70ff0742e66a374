package live

import "context"

// SourceBounce is the source of takes that are bounces.
const SourceBounce SourceKind = "bounce"

// Taps of a stem: where its sound is taken.
const (
	TapPostMixer = "post_mixer"
	TapPostFX    = "post_fx"
)

// Kinds of a bounce.
const (
	BounceMain     = "main"
	BounceStems    = "stems"
	BounceSelected = "selected"
)

// Bounce is what a take that is a bounce tells besides. Positions and lengths are in beats.
type Bounce struct {
	Kind       string        `json:"kind"` // main, stems, selected
	Tap        string        `json:"tap"`
	Start      float64       `json:"start"`
	Length     float64       `json:"length"`
	Tail       float64       `json:"tail"` // recorded after Length
	Cuts       []float64     `json:"cuts"` // inside the range, rising
	KeepTracks bool          `json:"keep_tracks"`
	Sources    []BouncedFrom `json:"sources"`
	Skipped    []BouncedFrom `json:"skipped"` // with Reason
	Partial    bool          `json:"partial"` // it ended early, or a recording is missing
}

// End is where the bounce ends, tail included, in beats.
func (b Bounce) End() float64 { return b.Start + b.Length + b.Tail }

// BouncedFrom is a track that is bounced, or cannot be. Track is nil for the main output.
type BouncedFrom struct {
	Track  *string `json:"track"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	Reason string  `json:"reason,omitempty"`
}

type (
	// BounceSource is what is to be bounced. Tracks go with BounceStems only; none = all.
	BounceSource struct {
		Kind   string   `json:"kind"`
		Tracks []string `json:"tracks,omitempty"`
	}
	// BounceStartParams start a bounce. Positions and lengths are in beats.
	BounceStartParams struct {
		Source      *BounceSource `json:"source,omitempty"` // nil = the main output
		Tap         string        `json:"tap,omitempty"`
		Start       float64       `json:"start"`
		Length      float64       `json:"length"`
		Tail        float64       `json:"tail,omitempty"`
		TailSeconds float64       `json:"tail_seconds,omitempty"` // added to Tail
		Cuts        []float64     `json:"cuts,omitempty"`
		KeepTracks  bool          `json:"keep_tracks,omitempty"`
		Name        string        `json:"name,omitempty"`
		Bounce      string        `json:"bounce,omitempty"` // id
	}
	// BounceParams name a bounce by id; "" = the running or last one.
	BounceParams struct {
		Bounce string `json:"bounce,omitempty"`
	}
	// TidyParams say whether leftovers go.
	TidyParams struct {
		Delete bool `json:"delete,omitempty"`
	}
	// TidyResult has what bounces have left in the set.
	TidyResult struct {
		Tracks  []Leftover `json:"tracks"`
		Deleted bool       `json:"deleted"`
	}
	// Leftover is a temporary track that a bounce could not delete.
	Leftover struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	// LeaveSetParams name the question that Live shows.
	LeaveSetParams struct {
		Message string `json:"message"`
	}
	// BounceListResult has the last bounces since Live started, oldest first.
	BounceListResult struct {
		Bounces []Take `json:"bounces"`
	}
)

// BounceStart answers once the bounce records or counts in.
func (c Calls) BounceStart(ctx context.Context, p BounceStartParams) (Take, error) {
	return call[Take](ctx, c, "bounce.start", p)
}

// BounceStop answers once the bounce is finished.
func (c Calls) BounceStop(ctx context.Context, p BounceParams) (Take, error) {
	return call[Take](ctx, c, "bounce.stop", p)
}

// BounceCancel answers once the bounce is stopped and its tracks are gone.
func (c Calls) BounceCancel(ctx context.Context, p BounceParams) (Take, error) {
	return call[Take](ctx, c, "bounce.cancel", p)
}

// BounceGet reads one bounce.
func (c Calls) BounceGet(ctx context.Context, p BounceParams) (Take, error) {
	return call[Take](ctx, c, "bounce.get", p)
}

// BounceList reads the last bounces.
func (c Calls) BounceList(ctx context.Context) (BounceListResult, error) {
	return call[BounceListResult](ctx, c, "bounce.list", nil)
}

// BounceTidy finds the temporary tracks that a bounce could not delete, and deletes them if it is told to.
func (c Calls) BounceTidy(ctx context.Context, p TidyParams) (TidyResult, error) {
	return call[TidyResult](ctx, c, "bounce.tidy", p)
}

// BounceLeaveSet answers Don't Save to Live's question about a set that bounces alone have changed.
func (c Calls) BounceLeaveSet(ctx context.Context, p LeaveSetParams) error {
	_, err := call[struct{}](ctx, c, "bounce.leave_set", p)
	return err
}
