// Command bench measures Takebar against references in the same run, because machines differ: what counts are the ratios.
// It prints a table and writes it as JSON. Only `make bench` and people run it; nothing imports it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// result is one line of the table. Met is nil where there is no aim.
type result struct {
	Name      string  `json:"name"`
	Measured  string  `json:"measured"`
	Reference string  `json:"reference"`
	Ratio     float64 `json:"ratio"` // measured / reference, 0 where there is no reference
	Aim       string  `json:"aim"`
	Met       *bool   `json:"met"`
}

// bench is one run of the program.
type bench struct {
	takebar string // the binary
	quick   bool
	results []result
}

func (b *bench) add(r result) {
	b.results = append(b.results, r)
	fmt.Fprintf(os.Stderr, "   %s: %s\n", r.Name, r.Measured)
}

func main() {
	binary := flag.String("takebar", "bin/takebar", "the built program")
	out := flag.String("out", "out/bench.json", "where the numbers go")
	only := flag.String("only", "", "comma-separated parts: link,click,tracks,landing,convert,waveform,idle,tray,window")
	quick := flag.Bool("quick", false, "fewer and shorter runs, to see that it works")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := &bench{takebar: *binary, quick: *quick}
	parts := []struct {
		name string
		run  func(context.Context) error
	}{
		{"link", b.link}, {"click", b.click}, {"tracks", b.tracks}, {"landing", b.landing}, {"convert", b.convert}, {"waveform", b.waveform}, {"idle", b.idle}, {"tray", b.tray}, {"window", b.window},
	}
	for _, p := range parts {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), p.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "== %s\n", p.name)
		if err := p.run(ctx); err != nil {
			log.Fatalf("%s: %v", p.name, err)
		}
	}
	if err := b.report(*out); err != nil {
		log.Fatal(err)
	}
}

func (b *bench) report(path string) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "what\tmeasured\treference\tratio\taim\tmet")
	for _, r := range b.results {
		ratio, met := "", ""
		if r.Ratio > 0 {
			ratio = fmt.Sprintf("%.2f", r.Ratio)
		}
		if r.Met != nil {
			met = map[bool]string{true: "yes", false: "NO"}[*r.Met]
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Measured, r.Reference, ratio, r.Aim, met)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(map[string]any{"at": time.Now().UTC(), "results": b.results}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

func yes(b bool) *bool { return &b }

// times is a series of durations.
type times []time.Duration

// at gives the p-th percentile, 0 < p <= 100.
func (t times) at(p float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*p/100))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }

func (t times) String() string {
	return fmt.Sprintf("p50 %s, p99 %s", ms(t.at(50)), ms(t.at(99)))
}
