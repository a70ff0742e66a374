package exporttest

import (
	"bytes"
	"compress/gzip"
	"os"
	"testing"
)

// WriteSet writes a file that is a Live Set as far as its first bytes tell.
func WriteSet(t *testing.T, path string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?><Ableton MajorVersion="5" Creator="Ableton Live 12.3">`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
