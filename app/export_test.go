package app

import "context"

// spyExporter writes down what it is asked for.
type spyExporter struct{ core *spyCore }

func (spyExporter) View() ExportView { return *exportView() }

func (spyExporter) Changed() <-chan struct{} { return nil }

func (s spyExporter) Do(_ context.Context, in Intent) (Notification, error) {
	return Notification{Title: "Export verified"}, s.core.call("%s", in)
}

func exportView(changes ...func(*ExportView)) *ExportView {
	v := &ExportView{
		Enabled: true, Chords: []ExportChord{{"chord_r", "Ctrl+Shift+R"}, {"chord_e", "Ctrl+Shift+E"}}, Rehearsal: "Ctrl+Shift+R opens \"Export Audio/Video\" in Live 12.3.6.",
		Left: 2, Batch: []string{"2 of 5 are left."}, Last: "Last attempt: verified. Song.wav was exported and checked.",
	}
	for _, change := range changes {
		change(v)
	}
	return v
}
