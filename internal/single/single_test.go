package single

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/takebar/takebar/internal/wire"
)

func TestSecondIsShownByTheFirst(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	first, err := Take(t.Context(), home, "takes")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"settings", "export"} {
		if _, err := Take(t.Context(), home, page); !errors.Is(err, ErrShown) {
			t.Fatalf("the second got %v", err)
		}
		if got := <-first.Asked; got != page {
			t.Errorf("asked for %q, want %q", got, page)
		}
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(home, fileName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link file is still there: %v", err)
	}
	next, err := Take(t.Context(), home, "takes")
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Release(); err != nil {
		t.Fatal(err)
	}
}

// TestLeftoverFile: a window that was killed leaves its file behind.
func TestLeftoverFile(t *testing.T) {
	home := t.TempDir()
	if err := wire.WriteFile(filepath.Join(home, fileName), linkFile{protocol, 1, "old", 1}); err != nil {
		t.Fatal(err)
	}
	p, err := Take(t.Context(), home, "takes")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
}

// TestStrangers: a web page that posts to the port learns nothing and shows nothing.
func TestStrangers(t *testing.T) {
	home := t.TempDir()
	p, err := Take(t.Context(), home, "takes")
	if err != nil {
		t.Fatal(err)
	}
	var file linkFile
	if err := wire.ReadFile(filepath.Join(home, fileName), true, &file); err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{
		"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n{}",
		`{"jsonrpc":"2.0","id":1,"method":"window.show","params":{"page":"settings"}}` + "\n",
		`{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"wrong","protocol":[1]}}` + "\n",
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(file.Port))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(say)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("%q was answered", say)
		}
		_ = conn.Close()
	}
	select {
	case page := <-p.Asked:
		t.Errorf("a stranger had %q shown", page)
	default:
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
}
