package keys

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Client starts keys processes. The zero value has no command and answers ErrMissing.
type Client struct {
	Command []string // program and arguments of the keys role
	Env     []string // nil: the environment of this process
	Timeout time.Duration
}

// ErrMissing says that there is no keys process to start.
var ErrMissing = errors.New("there is no key driver")

// CrashedError says that a keys process ended without an answer: its key counts as not sent.
type CrashedError struct {
	Why    string // exit status or time-out
	Stderr string // the end of what it printed
}

// Error tells how it ended.
func (e *CrashedError) Error() string { return "the key driver ended without an answer: " + e.Why }

// Ask runs one keys process for one request. A process that dies, hangs or talks nonsense is a *CrashedError; whoever gets one
// must call Release next.
func (c *Client) Ask(ctx context.Context, r Request) (Reply, error) {
	if len(c.Command) == 0 {
		return Reply{}, ErrMissing
	}
	limit := c.Timeout
	if limit <= 0 {
		limit = 8 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	line, err := json.Marshal(r)
	if err != nil {
		return Reply{}, fmt.Errorf("writing the request for the key driver: %w", err)
	}
	cmd := exec.CommandContext(ctx, c.Command[0], c.Command[1:]...)
	if c.Env != nil {
		cmd.Env = append(os.Environ(), c.Env...)
	}
	cmd.WaitDelay = time.Second
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(append(line, '\n')), &out, &errOut
	hideConsole(cmd)
	runErr := cmd.Run()
	if errors.Is(runErr, os.ErrNotExist) || errors.Is(runErr, exec.ErrNotFound) || errors.Is(runErr, os.ErrPermission) {
		return Reply{}, fmt.Errorf("%w: starting %s: %w", ErrMissing, c.Command[0], runErr)
	}
	var reply Reply
	first, _ := bufio.NewReader(&out).ReadBytes('\n')
	if err := json.Unmarshal(first, &reply); err != nil || runErr != nil {
		why := "no answer"
		if runErr != nil {
			why = runErr.Error()
		}
		if ctx.Err() != nil {
			why = "no answer within " + limit.String()
		}
		return Reply{}, &CrashedError{Why: why, Stderr: tail(errOut.String())}
	}
	return reply, nil
}

// Release starts a keys process that lets go of every modifier.
func (c *Client) Release(ctx context.Context) error {
	// Whatever ended the attempt, the keyboard must be left usable.
	ctx = context.WithoutCancel(ctx)
	reply, err := c.Ask(ctx, Request{Do: Release})
	if err != nil {
		return err
	}
	if !reply.OK {
		return errors.New(reply.Text)
	}
	return nil
}

func tail(s string) string {
	const most = 400
	s = strings.TrimSpace(s)
	if len(s) > most {
		s = s[len(s)-most:]
	}
	return s
}
