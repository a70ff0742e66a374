package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/creachadair/jrpc2/channel"
)

var (
	// ErrLineTooLong says that a line is longer than was agreed on. Where the peer sent it, the connection is of no use any more.
	ErrLineTooLong = errors.New("line too long")
	// ErrGarbage says that the peer sent a line that is not JSON.
	ErrGarbage = errors.New("a line is not JSON")
)

// Dial connects to a port of the loopback address.
func Dial(ctx context.Context, port int) (net.Conn, error) {
	if port < 1 || port > 65535 {
		return nil, fmt.Errorf("dial: port %d is out of range", port)
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	noDelay(conn)
	return conn, nil
}

// Listen opens a free port of the loopback address.
func Listen(ctx context.Context) (net.Listener, int, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, err
	}
	return l, l.Addr().(*net.TCPAddr).Port, nil
}

// noDelay sends every line at once: a click must not wait for the next one.
func noDelay(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(true)
	}
}

// limitReader fails once a line grows over max bytes, before it is collected in memory.
type limitReader struct {
	r    io.Reader
	max  int
	line int // bytes of the line that is being read
	born time.Time
	last atomic.Int64 // when something last came in, ns since born: the wall clock may jump
}

func (l *limitReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if n == 0 {
		return n, err
	}
	l.last.Store(int64(time.Since(l.born)))
	for rest := p[:n]; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			l.line += len(rest)
			if l.line > l.max {
				return 0, ErrLineTooLong
			}
			break
		}
		if l.line+i > l.max {
			return 0, ErrLineTooLong
		}
		l.line = 0
		rest = rest[i+1:]
	}
	return n, err
}

// patientWriter gives up on a peer that does not read.
type patientWriter struct{ conn net.Conn }

func (w patientWriter) Write(p []byte) (int, error) {
	if err := w.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return 0, err
	}
	return w.conn.Write(p)
}

func (w patientWriter) Close() error { return w.conn.Close() }

// lines is jrpc2's line framing with a limit both ways.
type lines struct {
	channel.Channel
	in     *limitReader
	maxOut int
}

func newLines(conn net.Conn, maxIn, maxOut int) *lines {
	in := &limitReader{r: conn, max: maxIn, born: time.Now()}
	return &lines{channel.Line(bufio.NewReaderSize(in, 1<<16), patientWriter{conn}), in, maxOut}
}

// Channel makes the accepting end's channel: what comes in is at most MaxLine long, what goes out at most maxOut.
func Channel(conn net.Conn, maxOut int) channel.Channel { return newLines(conn, MaxLine, maxOut) }

func (l *lines) Send(msg []byte) error {
	if len(msg) > l.maxOut {
		return fmt.Errorf("send: %w: %d bytes", ErrLineTooLong, len(msg))
	}
	return l.Channel.Send(msg)
}

func (l *lines) Recv() ([]byte, error) {
	msg, err := l.Channel.Recv()
	if err != nil {
		return nil, err // half a line is of no use
	}
	return msg, nil
}
