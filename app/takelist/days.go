package takelist

import (
	"time"

	"github.com/takebar/takebar/app/words"
)

func months() [12]string {
	return [12]string{
		"takes.month.1", "takes.month.2", "takes.month.3", "takes.month.4", "takes.month.5", "takes.month.6",
		"takes.month.7", "takes.month.8", "takes.month.9", "takes.month.10", "takes.month.11", "takes.month.12",
	}
}

func weekdays() [7]string {
	return [7]string{
		"takes.weekday.0", "takes.weekday.1", "takes.weekday.2", "takes.weekday.3", "takes.weekday.4", "takes.weekday.5", "takes.weekday.6",
	}
}

// shortDay is a day for a column.
func shortDay(say words.Say, at time.Time) string {
	return say("takes.date.short", words.Data{"Day": at.Day(), "Month": say(months()[at.Month()-1]), "Year": at.Year()})
}

// longDay is a day for a heading: today and yesterday by name.
func longDay(say words.Say, at, now time.Time) string {
	date := words.Data{
		"Weekday": say(weekdays()[at.Weekday()]), "Day": at.Day(), "Month": say(months()[at.Month()-1]), "Year": at.Year(),
	}
	switch {
	case sameDay(at, now):
		return say("takes.date.today")
	case sameDay(at, now.AddDate(0, 0, -1)):
		return say("takes.date.yesterday")
	case at.Year() == now.Year():
		return say("takes.date.day", date)
	}
	return say("takes.date.year", date)
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}
