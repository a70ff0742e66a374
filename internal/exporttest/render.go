//go:build unix && !darwin

package exporttest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const chunks = 12

// renderJob writes one file in chunks, its header final only at the end.
type renderJob struct {
	path string
	f    *os.File
	data []byte
	done int // chunks
	held bool
}

func (s *standin) startRender() error {
	if _, err := s.open("progress", "Exporting", s.main); err != nil {
		return err
	}
	j := &renderJob{path: filepath.Join(s.sc.Folder, s.sc.File)}
	var err error
	if j.f, err = os.OpenFile(j.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err != nil {
		return fmt.Errorf("creating the render: %w", err)
	}
	if s.sc.Content != "" {
		j.data, err = os.ReadFile(s.sc.Content)
	} else if s.sc.Fault == NotAudio {
		_, err = j.f.WriteString(strings.Repeat("no sound here. ", 100))
	} else if s.sc.Fault != ZeroBytes {
		_, err = j.f.Write(header(s.sc.Format, 0, false))
	}
	if err != nil {
		return fmt.Errorf("writing the header: %w", err)
	}
	if s.sc.Content == "" {
		j.data = samples(s.sc.Format, s.sc.Sound, int(s.sc.Seconds*rate))
	}
	s.render = j
	s.tick.Reset(time.Duration(s.sc.ChunkMs) * time.Millisecond)
	return nil
}

// renderStep writes one chunk, or does what the fault wants in the middle.
func (s *standin) renderStep() error {
	j := s.render
	if j.held {
		return nil
	}
	if j.done == chunks/2 {
		if stop, err := s.middle(j); stop || err != nil {
			return err
		}
	}
	if s.sc.Fault == ZeroBytes || s.sc.Fault == HeaderOnly || s.sc.Fault == NotAudio {
		j.done = chunks
	}
	if j.done < chunks {
		from, to := len(j.data)*j.done/chunks, len(j.data)*(j.done+1)/chunks
		if _, err := j.f.Write(j.data[from:to]); errors.Is(err, syscall.ENOSPC) {
			j.held = true
			return s.message("The disk is full.", s.main)
		} else if err != nil {
			return fmt.Errorf("writing the render: %w", err)
		}
		j.done++
		if s.sc.Fault == Endless && j.done == chunks {
			j.done--
		}
		return nil
	}
	return s.finishRender(j)
}

func (s *standin) middle(j *renderJob) (stop bool, err error) {
	switch s.sc.Fault {
	case DiesMidRender:
		os.Exit(137)
	case Stalls:
		j.held = true
		return true, nil
	case ErrorMidRender:
		j.held = true
		return true, s.message("The disk could not be written to.", s.main)
	case CancelledInLive:
		s.render = nil
		if err := j.f.Close(); err != nil {
			return true, err
		}
		if err := os.Remove(j.path); err != nil {
			return true, err
		}
		return true, s.close(s.find("progress"))
	case Restarts:
		s.sc.Fault = ""
		j.done = 0
		if err := j.f.Truncate(int64(len(header(s.sc.Format, 0, false)))); err != nil {
			return true, err
		}
		_, err := j.f.Seek(0, 2)
		return true, err
	}
	return false, nil
}

func (s *standin) finishRender(j *renderJob) error {
	s.render = nil
	final := len(j.data)
	var err error
	switch {
	case s.sc.Content != "", s.sc.Fault == ZeroBytes, s.sc.Fault == HeaderOnly, s.sc.Fault == NotAudio, s.sc.Fault == NeverFinal:
	case s.sc.Fault == Truncated:
		_, err = j.f.WriteAt(header(s.sc.Format, final*2, true), 0)
	default:
		_, err = j.f.WriteAt(header(s.sc.Format, final, true), 0)
	}
	if err != nil {
		return fmt.Errorf("finishing the render: %w", err)
	}
	if err := j.f.Close(); err != nil {
		return fmt.Errorf("finishing the render: %w", err)
	}
	if s.sc.Fault == SecondFile {
		b, err := os.ReadFile(j.path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(strings.TrimSuffix(j.path, ".wav")+" 2-Bass.wav", b, 0o600); err != nil {
			return err
		}
	}
	if err := s.close(s.find("progress")); err != nil {
		return err
	}
	return s.out.Encode(Event{What: "file", Window: j.path})
}
