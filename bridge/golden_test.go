package bridge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/wire"
)

// TestGoldenHello: what is said and understood in hello is what docs/golden has.
func TestGoldenHello(t *testing.T) {
	f, err := os.Open("../docs/golden/messages.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	hellos, refusals := 0, 0
	for lines.Scan() {
		var m struct {
			Request struct {
				Method string          `json:"method"`
				Params json.RawMessage `json:"params"`
			} `json:"request"`
			Response struct {
				Result json.RawMessage `json:"result"`
				Error  *struct {
					Data json.RawMessage `json:"data"`
				} `json:"error"`
			} `json:"response"`
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		if m.Request.Method != "hello" {
			continue
		}
		roundTrip(t, m.Request.Params, &wire.Hello{})
		if m.Response.Error == nil {
			hellos++
			roundTrip(t, m.Response.Result, &live.HelloResult{})
			continue
		}
		refusals++
		versions, ok := incompatible(&wire.RemoteError{Code: "incompatible", Data: m.Response.Error.Data})
		if !ok || len(versions) == 0 {
			t.Errorf("versions of %s not understood", m.Response.Error.Data)
		}
	}
	if hellos == 0 || refusals == 0 {
		t.Errorf("%d hellos and %d refusals among the golden messages", hellos, refusals)
	}
}

func roundTrip(t *testing.T, golden json.RawMessage, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(golden))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", golden, err)
	}
	b, err := json.Marshal(into)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if json.Unmarshal(b, &got) != nil || json.Unmarshal(golden, &want) != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %s\nwant %s", b, golden)
	}
}
