package config

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
)

// CrashName is the file in the log folder that the Go runtime writes to when the program dies of its own fault.
const CrashName = "crash.log"

// OpenLog opens <home>/logs/takebar.log: three files of 2 MB at most, so it can never fill a disk. level may be changed while it is open.
func OpenLog(home string, level *slog.LevelVar) (*slog.Logger, io.Closer, error) {
	dir := LogDir(home)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make the log folder: %w", err)
	}
	file := &lumberjack.Logger{Filename: filepath.Join(dir, "takebar.log"), MaxSize: 2, MaxBackups: 2}
	return slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: level})), file, nil
}

// Level turns log_level into slog's.
func (c Config) Level() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return level
}
