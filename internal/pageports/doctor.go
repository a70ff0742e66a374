package pageports

import (
	"context"

	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/doctor"
)

// Doctor is ports.Doctor by a function that examines.
type Doctor func(ctx context.Context) (doctor.Report, error)

var _ ports.Doctor = Doctor(nil)

// Examine implements ports.Doctor. The text for the clipboard is without the user's name.
func (d Doctor) Examine(ctx context.Context) (ports.Report, error) {
	r, err := d(ctx)
	if err != nil {
		return ports.Report{}, err
	}
	out := ports.Report{At: r.At, Text: r.Shareable()}
	for _, c := range r.Checks {
		out.Findings = append(out.Findings, ports.Finding{Name: c.Name, Status: status(c.Status), Text: c.Text, Hint: c.Hint, Details: c.Details})
	}
	return out, nil
}

func status(s doctor.Status) string {
	switch s {
	case doctor.OK:
		return "ok"
	case doctor.Warn:
		return "warning"
	case doctor.Fail:
		return "problem"
	case doctor.NotApplicable:
	}
	return "note"
}
