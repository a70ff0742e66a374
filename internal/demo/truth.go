package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"
)

// truth is a connection to the stand-in's control channel (docs/livesim.md): what Live really did, whatever the script says.
type truth struct {
	conn  net.Conn
	lines *bufio.Reader
	id    int
}

func connectTruth(ctx context.Context, port int) (*truth, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("reach the simulated Live: %w", err)
	}
	return &truth{conn: conn, lines: bufio.NewReader(conn)}, nil
}

func (t *truth) close() error { return t.conn.Close() }

// do carries out one command.
func (t *truth) do(ctx context.Context, command string, params map[string]any, result any) error {
	t.id++
	request := map[string]any{"id": t.id, "do": command}
	for k, v := range params {
		request[k] = v
	}
	line, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("ask the simulated Live: %w", err)
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(time.Minute)
	}
	if err := t.conn.SetDeadline(deadline); err != nil {
		return fmt.Errorf("ask the simulated Live: %w", err)
	}
	if _, err := t.conn.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("ask the simulated Live: %w", err)
	}
	for {
		line, err := t.lines.ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("hear from the simulated Live: %w", err)
		}
		var answer struct {
			ID     int             `json:"id"`
			OK     bool            `json:"ok"`
			Error  string          `json:"error"`
			Result json.RawMessage `json:"result"`
		}
		if err := json.Unmarshal(line, &answer); err != nil {
			return fmt.Errorf("hear from the simulated Live: %w", err)
		}
		switch {
		case answer.ID != t.id:
			continue
		case !answer.OK:
			return errors.New("the simulated Live says: " + answer.Error)
		case result == nil:
			return nil
		}
		return json.Unmarshal(answer.Result, result)
	}
}

// trueTake is a recording as the stand-in knows it.
type trueTake struct {
	Track   string  `json:"track_name"`
	Path    string  `json:"path"`
	Rate    int     `json:"rate"`
	Frames  int64   `json:"frames"`
	PreRoll int64   `json:"pre_roll_frames"`
	SHA256  string  `json:"sha256"`
	ToneHz  float64 `json:"tone_hz"`
	Tones   []struct {
		Hz        float64 `json:"hz"`
		Amplitude float64 `json:"amplitude"` // of the left channel, 1 = full scale
	} `json:"tones"`
	Finished bool `json:"finished"`
}

// lastTake waits until the stand-in has finished and hashed its last recording.
func (t *truth) lastTake(ctx context.Context) (trueTake, error) {
	var take trueTake
	params := map[string]any{"path": "takes.-1.sha256", "not_equals": nil, "timeout": 20}
	if err := t.do(ctx, "wait", params, nil); err != nil {
		return take, err
	}
	return take, t.do(ctx, "get", map[string]any{"path": "takes.-1"}, &take)
}
