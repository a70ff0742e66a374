package setup

import (
	"strconv"
	"strings"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/words"
	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/control"
)

// The test take is as short as it can be and still be heard.
const (
	testBars    = 2
	testSeconds = 3
	longest     = 6.0 // seconds that two bars may take
)

// Request is the test take: two bars of the main output, or three seconds where two bars would take long.
func Request(s control.Snapshot) control.TakeRequest {
	r := control.TakeRequest{Source: live.SourceMain, Name: "Takebar test"}
	if st := s.State; st != nil && st.Transport.Tempo > 0 && st.Transport.SignatureNumerator > 0 && st.Transport.SignatureDenominator > 0 {
		beats := testBars * float64(st.Transport.SignatureNumerator) * 4 / float64(st.Transport.SignatureDenominator)
		if beats*60/st.Transport.Tempo <= longest {
			r.LengthBars = testBars
			return r
		}
	}
	r.LengthSecs = testSeconds
	return r
}

func (b builder) test() Step {
	s := Step{Key: StepTest, Title: b.say("setup.test.title")}
	t := b.f.Test
	again := Button{Key: ButtonTest, Label: b.say("setup.test.again"), Off: !b.canRecord()}
	switch t.Phase {
	case TestStarting:
		s.State, s.Lines, s.Part = Busy, []string{b.say("setup.test.starting")}, -1
	case TestRecording:
		b.testRuns(&s)
	case TestDone:
		b.testDone(&s, again)
	case TestTrashed:
		s.State, s.Lines = Done, []string{b.say("setup.test.trashed")}
		s.Buttons = []Button{again, {Key: ButtonTakes, Label: b.say("setup.test.takes")}}
	case TestFailed:
		s.State, s.Problem = Careful, t.Problem
		s.Lines = []string{b.say("setup.test.failed")}
		again.Main = true
		s.Buttons = []Button{again}
	case TestIdle:
		if !b.linked() {
			s.State = Later
			return s
		}
		s.State, s.Lines = Now, []string{b.say("setup.test.text")}
		s.Hint = b.say("setup.test.hint")
		if b.f.Snapshot.RunningTake() != nil {
			s.Hint = b.say("setup.test.taken")
		}
		s.Buttons = []Button{{Key: ButtonTest, Label: b.say("setup.test.start"), Main: true, Off: !b.canRecord()}}
	}
	return s
}

func (b builder) canRecord() bool {
	link := b.f.Snapshot.Link
	return b.linked() && link.Responding && b.f.Snapshot.RunningTake() == nil
}

// testRuns: Live records it, or it is on its way into the library.
func (b builder) testRuns(s *Step) {
	s.State, s.Part = Busy, -1
	if running := b.f.Snapshot.RunningTake(); running != nil && running.ID == b.f.Test.ID {
		s.Lines = []string{b.say("setup.test.recording")}
		s.Buttons = []Button{{Key: ButtonCancel, Label: b.say("setup.test.cancel")}}
		return
	}
	s.Lines = []string{b.say("setup.test.landing")}
	for _, l := range b.f.Snapshot.Landings {
		if l.TakeID == b.f.Test.ID {
			s.Problem = app.Clean(l.Problem)
			if l.Done > 0 {
				s.Part = l.Done
			}
		}
	}
}

func (b builder) testDone(s *Step, again Button) {
	t := b.f.Test
	s.State = Done
	s.Problem = t.Problem
	if t.Take == nil || len(t.Take.Files) == 0 {
		s.State, s.Lines = Careful, []string{b.say("setup.test.nofile")}
		again.Main = true
		s.Buttons = []Button{again}
		return
	}
	file := t.Take.Files[0]
	s.Lines = []string{b.say("setup.test.done", words.Data{
		"Length": seconds(file.Duration().Seconds(), b.say("setup.decimal_point")), "Rate": rate(file.Rate, b.say("setup.decimal_point")), "Bits": file.Bits,
	})}
	switch {
	case file.AllZero || file.Silent:
		s.Lines = append(s.Lines, b.say("setup.test.silent"))
	case file.ClippedSamples > 0:
		s.Lines = append(s.Lines, b.say("setup.test.clipped"))
	default:
		s.Lines = append(s.Lines, b.say("setup.test.peak", words.Data{"Peak": number(file.PeakDBFS, b.say("setup.decimal_point"))}))
	}
	if len(t.Take.Paths) > 0 {
		s.Path = t.Take.Paths[0]
	}
	s.Buttons = []Button{
		{Key: ButtonTrash, Label: b.say("setup.test.trash"), Main: true, Off: t.Busy},
		{Key: ButtonShow, Label: b.say("setup.test.show")},
		again,
	}
}

// number writes one digit behind the point.
func number(v float64, point string) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', 1, 64), ".", point, 1)
}

func seconds(v float64, point string) string { return number(v, point) + " s" }

// rate writes kHz: 44.1, 48.
func rate(hz int, point string) string {
	return strings.Replace(strconv.FormatFloat(float64(hz)/1000, 'f', -1, 64), ".", point, 1) + " kHz"
}
