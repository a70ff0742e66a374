package take

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/takebar/takebar/internal/take/sidecar"
)

func testTake() sidecar.Take {
	landed := time.Date(2026, 1, 31, 15, 10, 2, 0, time.UTC)
	beat, sample := 8.0, int64(8704)
	return sidecar.Take{
		Schema: 1, ID: "t-1", Name: "Take <1> & more", Number: 1, Status: sidecar.StatusLanded, Source: "armed", View: "arrangement",
		RecordedAt: landed.Add(-time.Minute), LandedAt: &landed, Set: sidecar.Set{Name: "My Song"}, Tempo: 120, SignatureNumerator: 4, SignatureDenominator: 4,
		StartBeat: &beat, Tracks: []sidecar.Track{{Name: "Vox", Kind: "audio"}},
		Files: []sidecar.File{{Name: "a.wav", Track: "Vox", Bytes: 100, StartSample: &sample, PeakDBFS: -3.5}},
	}
}

func TestEncodeSidecarRoundTrip(t *testing.T) {
	data, err := encodeSidecar(testTake(), nil)
	mustDo(t, err)
	if bytes.Contains(data, []byte(`null,
  "files"`)) || bytes.Contains(data, []byte(`\u003c`)) || !bytes.HasSuffix(data, []byte("}\n")) || !bytes.Contains(data, []byte(`"missing": []`)) {
		t.Errorf("odd JSON:\n%s", data)
	}
	got, err := decodeSidecar(data)
	mustDo(t, err)
	again, err := encodeSidecar(got, nil)
	mustDo(t, err)
	if !bytes.Equal(data, again) {
		t.Errorf("it changed on the way:\n%s\n%s", data, again)
	}
}

func TestEncodeSidecarKeepsWhatItDoesNotKnow(t *testing.T) {
	old := []byte("\xef\xbb\xbf" + `{"future": {"b": 1, "a": [1, 2.50, 12345678901234567890]}, "schema": 7, "id": "t-1", "name": "old", "set": {"name": "x", "colour": 5},
		"files": [{"name": "a.wav", "loudness": -14.25}], "tracks": null, "warnings": [{"code": "x", "message": "y", "extra": 1}], "missing": []}`)
	take, err := decodeSidecar(old)
	if !errors.Is(err, errNewer) || take.ID != "t-1" {
		t.Fatalf("got %v", err)
	}
	take.Name, take.Warnings = "new", nil
	take.Files = append(take.Files, sidecar.File{Name: "b.wav"})
	data, err := encodeSidecar(take, old)
	mustDo(t, err)
	for _, want := range []string{`"future"`, "12345678901234567890", "2.50", `"schema": 7`, `"name": "new"`, `"colour": 5`, `"loudness": -14.25`, `"b.wav"`, `"tracks": []`, `"warnings": []`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is missing in\n%s", want, data)
		}
	}
	if strings.Index(string(data), `"future"`) > strings.Index(string(data), `"schema"`) {
		t.Errorf("the order changed:\n%s", data)
	}
}

func TestDecodeSidecarRefuses(t *testing.T) {
	for in, word := range map[string]string{
		"":                      "not JSON",
		"[]":                    "not JSON",
		"{":                     "not JSON",
		`{"id": "x"}`:           "schema",
		`{"schema": 1}`:         "id",
		`{"schema": "1"}`:       "not JSON",
		`{"schema": 1.5, "id"}`: "not JSON",
		`{"schema": 1, "id": "x", "files": [{"name": "../x.wav"}]}`:                     "outside",
		`{"schema": 1, "id": "x", "files": [{"name": "/etc/passwd"}]}`:                  "outside",
		`{"schema": 1, "id": "x", "files": [{"name": "a\\..\\..\\x"}]}`:                 "outside",
		`{"schema": 1, "id": "x", "files": [{"name": "C:x"}]}`:                          "outside",
		`{"schema": 1, "id": "x", "files": [{"name": ""}]}`:                             "outside",
		`{"schema": 1, "id": "x", "files": [{"name": "."}]}`:                            "outside",
		`{"schema": 1, "id": "x", "files": [{"name": "a.wav"}, {"name": "a.wav"}]}`:     "twice",
		`{"schema": 1, "id": "x", "files": [{"name": "a.wav", "frames": "many"}]}`:      "not JSON",
		`{"schema": 1, "id": "x", "files": [{"name": "a.wav"}], "recorded_at": "then"}`: "not JSON",
	} {
		if _, err := decodeSidecar([]byte(in)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("decodeSidecar(%s) = %v, want something about %q", in, err, word)
		}
	}
}

func FuzzSidecar(f *testing.F) {
	data, err := encodeSidecar(testTake(), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"schema": 2, "id": "x", "files": null, "set": 3, "new": [1e400]}`))
	f.Add([]byte(`{"schema":1,"id":"x","files":[{"name":"a/b.wav","x":{}}],"Files":[],"schema":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		take, err := decodeSidecar(data)
		if err != nil && !errors.Is(err, errNewer) {
			return
		}
		for _, file := range take.Files {
			if strings.HasPrefix(file.Name, "/") || strings.Contains("/"+file.Name+"/", "/../") {
				t.Fatalf("%q leads out", file.Name)
			}
		}
		rating, _ := json.Marshal(5)
		changed, err := setMembers(data, []member{{key: "rating", value: rating}})
		if err != nil {
			t.Fatalf("a readable sidecar cannot be annotated: %v", err)
		}
		again, err := decodeSidecar(changed)
		if err != nil && !errors.Is(err, errNewer) || again.ID != take.ID || len(again.Files) != len(take.Files) {
			t.Fatalf("annotating spoiled it: %v\n%s", err, changed)
		}
		merged, err := encodeSidecar(take, data)
		if err != nil {
			return // times beyond what JSON can tell
		}
		if _, err := decodeSidecar(merged); err != nil && !errors.Is(err, errNewer) {
			t.Fatalf("rewriting spoiled it: %v\n%s", err, merged)
		}
	})
}

func FuzzJournal(f *testing.F) {
	s := sidecar.Take{ID: "t-1"}
	data, err := json.Marshal(journal{Version: 1, ID: "t-1", Phase: phaseLanding, Take: s, Files: []journalFile{{Name: "a/b.wav", Part: "a/b.wav.part", Replace: -1}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"id":"t-1","files":[{"name":"../../x","replace":7}],"sidecar":"/etc/passwd"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		full := t.TempDir() + "/j.json"
		mustDo(t, os.WriteFile(full, data, 0o600))
		j, err := readJournal(full)
		if err != nil {
			return
		}
		for _, file := range j.Files {
			for _, name := range []string{file.Name, file.Part, j.Sidecar} {
				if clean := path.Clean(name); strings.HasPrefix(name, "/") || clean == ".." || strings.HasPrefix(clean, "../") {
					t.Fatalf("%q leads out", name)
				}
			}
			if file.Replace >= len(j.Take.Files) {
				t.Fatalf("file %d is not there", file.Replace)
			}
		}
	})
}
