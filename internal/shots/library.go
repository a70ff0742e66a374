//go:build linux

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/takebar/takebar/internal/audio"
	"github.com/takebar/takebar/internal/take/sidecar"
)

// made is a take to make up, with music that looks like music.
type made struct {
	name, set string
	tracks    []string
	seconds   float64
	tempo     float64
	rating    int
	note      string
	ago       time.Duration
}

func library(dir string, now time.Time) error {
	const hour = time.Hour
	now = time.Date(now.Year(), now.Month(), now.Day(), 21, 40, 0, 0, now.Location()) // an evening, whenever the pictures are taken
	all := []made{
		{"Night Drive 07", "Night Drive", []string{"Kick", "Snare", "Overheads", "Bass DI", "Guitar", "Vocals"}, 38, 118, 4, "The one. Second verse late by a hair, keep it.", hour},
		{"Night Drive 06", "Night Drive", []string{"Vocals"}, 31, 118, 3, "", hour + 9*time.Minute},
		{"Night Drive 05", "Night Drive", []string{"Vocals"}, 24, 118, 0, "", hour + 14*time.Minute},
		{"Chorus double", "Night Drive", []string{"Vocals", "Harmony"}, 19, 118, 5, "Pan these hard.", 2 * hour},
		{"Bass with the old amp", "Night Drive", []string{"Bass DI", "Bass Amp"}, 29, 118, 4, "", 3 * hour},
		{"Salt and Honey 12", "Salt and Honey", []string{"Piano"}, 42, 92.5, 3, "", 26 * hour},
		{"Salt and Honey 11", "Salt and Honey", []string{"Piano", "Room"}, 44, 92.5, 2, "Chair squeaks at the end.", 27 * hour},
		{"Strings idea", "Salt and Honey", []string{"Violin", "Viola", "Cello"}, 33, 92.5, 5, "", 28 * hour},
		{"Felt piano sketch", "Salt and Honey", []string{"Piano"}, 57, 88, 0, "", 30 * hour},
		{"Warehouse 03", "Warehouse", []string{"Main"}, 35, 132, 4, "", 74 * hour},
		{"Warehouse 02", "Warehouse", []string{"Drum Bus"}, 22, 132, 0, "", 75 * hour},
	}
	for i, m := range all {
		if err := m.write(dir, i, now); err != nil {
			return fmt.Errorf("make up %s: %w", m.name, err)
		}
	}
	return nil
}

func (m made) write(dir string, i int, now time.Time) error {
	folder := filepath.Join(dir, m.set)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	at := now.Add(-m.ago)
	take := sidecar.Take{
		Schema: sidecar.Schema, ID: at.Format("20060102-150405-") + fmt.Sprintf("%04x", i), Name: m.name, Number: 40 - i, Status: sidecar.StatusLanded,
		Source: "armed", View: "arrangement", RecordedAt: at, LandedAt: &at, Set: sidecar.Set{Name: m.set, Path: filepath.Join("/home/mia/Music", m.set+" Project", m.set+".als")},
		Tempo: m.tempo, SignatureNumerator: 4, SignatureDenominator: 4, Note: m.note, Rating: m.rating, Live: "12.3.6", Script: "1.0.0", Takebar: "1.0.0",
		Missing: []sidecar.Missing{}, Warnings: []sidecar.Warning{},
	}
	for n, track := range m.tracks {
		take.Tracks = append(take.Tracks, sidecar.Track{Name: track, Kind: "audio"})
		name := m.name + ".wav"
		if len(m.tracks) > 1 {
			name = m.name + " - " + track + ".wav"
		}
		f, err := m.sound(filepath.Join(folder, name), uint64(i*100+n), track, at)
		if err != nil {
			return err
		}
		take.Files = append(take.Files, f)
	}
	raw, err := json.MarshalIndent(take, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, m.name+sidecar.Suffix), append(raw, '\n'), 0o644)
}

// sound writes notes with an attack and a decay in the take's tempo, phrase after phrase.
func (m made) sound(path string, seed uint64, track string, at time.Time) (sidecar.File, error) {
	const rate = 48000
	format := audio.WriterFormat{Rate: rate, Channels: 1, Bits: 16}
	w, err := audio.Create(path, format)
	if err != nil {
		return sidecar.File{}, err
	}
	random := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a picture wants the same music every time
	beat := 60 / m.tempo * rate
	every, decay := beat/2, 4.0
	switch track {
	case "Kick", "Snare", "Drum Bus", "Main":
		every, decay = beat, 9
	case "Violin", "Viola", "Cello", "Room":
		every, decay = beat*2, 0.7
	}
	samples := make([]float32, int(m.seconds*rate))
	begin, level, hz := 0.0, 0.5, 220.0
	for i := range samples {
		if t := float64(i); t >= begin+every {
			begin += every
			phrase := 0.55 + 0.35*math.Sin(2*math.Pi*t/beat/32) // loud and quiet parts
			level = phrase * (0.35 + 0.65*random.Float64())
			if random.IntN(7) == 0 {
				level = 0.02
			}
			hz = 110 * math.Pow(2, float64(random.IntN(20))/12)
		}
		t := (float64(i) - begin) / rate
		swell := min(1, t*60) * math.Exp(-decay*t)
		edge := min(1, float64(i)/rate*2, float64(len(samples)-i)/rate/1.5)
		samples[i] = float32(edge * level * swell * (0.8*math.Sin(2*math.Pi*hz*t) + 0.2*(random.Float64()*2-1)))
	}
	if _, err := w.WriteFloat32(samples); err != nil {
		return sidecar.File{}, err
	}
	if err := w.Close(); err != nil {
		return sidecar.File{}, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return sidecar.File{}, err
	}
	info, err := audio.ProbeFile(path)
	if err != nil {
		return sidecar.File{}, err
	}
	sum, peak := sha256.Sum256(raw), 0.0
	for _, s := range samples {
		peak = max(peak, math.Abs(float64(s)))
	}
	if err := os.Chtimes(path, at, at); err != nil { // not changed after it landed
		return sidecar.File{}, err
	}
	return sidecar.File{
		Name: filepath.Base(path), Track: track, ClipName: track, OriginalPath: filepath.Join("/home/mia/Music", m.set+" Project", "Samples", "Recorded", track+".wav"),
		SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(raw)), Container: string(info.Container), Rate: info.Rate, Bits: info.Bits, Channels: info.Channels,
		Frames: info.Frames, PeakDBFS: math.Round(2000*math.Log10(peak)) / 100, Warnings: []sidecar.Warning{}, Cuts: []*int64{},
	}, nil
}
