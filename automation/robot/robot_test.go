//go:build unix && !darwin

package robot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/takebar/takebar/automation/keys"
	"github.com/takebar/takebar/automation/robot"
)

func serve(t *testing.T, in string) keys.Reply {
	t.Helper()
	var out bytes.Buffer
	if status := robot.Serve(context.Background(), strings.NewReader(in), &out); status != 0 {
		t.Errorf("exit status %d", status)
	}
	var r keys.Reply
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%q: %v", out.String(), err)
	}
	return r
}

// TestWithoutADisplay shows that nothing of the key library is touched where it would crash.
func TestWithoutADisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, in := range []string{`{"do":"probe"}`, `{"do":"release"}`, `{"do":"tap","key":"enter","window":1,"pid":1}`} {
		r := serve(t, in+"\n")
		want := keys.CodeSession
		if !robot.Built() {
			want = keys.CodeHelper
		}
		if r.OK || r.Sent || r.Code != want || r.Text == "" {
			t.Errorf("%s: %+v", in, r)
		}
	}
}

func TestNonsense(t *testing.T) {
	for _, in := range []string{"", "\n", "hello\n", `{"do":"tap"`, strings.Repeat("x", 1<<17)} {
		if r := serve(t, in); r.OK || r.Sent || r.Code != keys.CodeHelper {
			t.Errorf("%.20q: %+v", in, r)
		}
	}
}

func FuzzServe(f *testing.F) {
	f.Add(`{"do":"tap","key":"enter","window":1,"pid":1}`)
	f.Add(`{"do":"release"}`)
	f.Fuzz(func(t *testing.T, in string) {
		t.Setenv("DISPLAY", "")
		t.Setenv("WAYLAND_DISPLAY", "")
		if r := serve(t, in+"\n"); r.OK || r.Sent {
			t.Errorf("%q: %+v", in, r)
		}
	})
}
