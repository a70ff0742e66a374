//go:build !(darwin || linux || freebsd || netbsd || windows)

package convert

import "errors"

// lameLibrary stands in where libraries cannot be loaded: there is never one.
type lameLibrary struct{ version string }

type (
	lameStream  struct{}
	lameDecoder struct{}
)

var errLame = errors.New("libraries cannot be loaded on this system")

func loadLame(string) *lameLibrary { return nil }

func (*lameLibrary) canDecode() bool { return false }

func (*lameLibrary) open(int, int, int, Quality) (*lameStream, error) { return nil, errLame }

func (*lameLibrary) decoder() *lameDecoder { return nil }

func (*lameStream) encode([]float32) ([]byte, error) { return nil, errLame }

func (*lameStream) end() ([]byte, error) { return nil, errLame }

func (*lameStream) tag() []byte { return nil }

func (*lameStream) close() {}

func (*lameDecoder) peak([]byte, int) (float64, error) { return 0, errLame }

func (*lameDecoder) close() {}
