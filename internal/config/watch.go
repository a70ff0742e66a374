package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long the file must be left alone before it is read: editors save in several steps.
const settleTime = 150 * time.Millisecond

// Watch reads the file again whenever it changed, until ctx ends. onChange runs on the caller's goroutine.
func (f *File) Watch(ctx context.Context, onChange func(Loaded)) error {
	if err := os.MkdirAll(f.home, 0o700); err != nil {
		return fmt.Errorf("watch %s: %w", FileName, err)
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", FileName, err)
	}
	defer watcher.Close() //nolint:errcheck // nothing to save
	// The folder, not the file: editors replace the file.
	if err := watcher.Add(f.home); err != nil {
		return fmt.Errorf("watch %s: %w", FileName, err)
	}
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-watcher.Events:
			if !ok {
				return nil
			}
			if filepath.Base(e.Name) == FileName && e.Op != fsnotify.Chmod {
				settled.Reset(settleTime)
			}
		case err, ok := <-watcher.Errors:
			if !ok {
				return nil
			}
			// Events may have been lost: look, to be sure.
			_ = err
			settled.Reset(settleTime)
		case <-settled.C:
			onChange(f.Load())
		}
	}
}
