package pageports

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/takebar/takebar/app/settings"
	"github.com/takebar/takebar/app/window/ports"
	"github.com/takebar/takebar/internal/config"
)

// SettingsFile is config.toml as the settings page sees it. It may be used from several goroutines.
type SettingsFile struct {
	mu   sync.Mutex
	file *config.File
	hint string // the name template that "" stands for
}

// NewSettingsFile wraps a config.File; nobody else may use that one. template is the name template that an empty one stands for.
func NewSettingsFile(file *config.File, template string) *SettingsFile {
	return &SettingsFile{file: file, hint: template}
}

var _ ports.SettingsFile = (*SettingsFile)(nil)

// Path implements ports.SettingsFile.
func (s *SettingsFile) Path() string { return s.file.Path() }

// Read implements ports.SettingsFile: the settings in force, each with what is wrong with its line. A line that Takebar does not know comes last, without a value. An
// error says that the file cannot be read as a whole; the settings are good all the same.
func (s *SettingsFile) Read() ([]ports.Setting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	loaded := s.file.Load()
	defaults := map[string]any{}
	for _, v := range config.Default().Values() {
		defaults[v.Key] = v.Value
	}
	defaults["name_template"] = s.hint
	var all []ports.Setting
	for _, v := range loaded.Config.Values() {
		all = append(all, ports.Setting{Key: v.Key, Value: v.Value, Default: defaults[v.Key]})
	}
	var broken error
	for _, note := range loaded.Problems {
		if i := index(all, note.Key); i >= 0 {
			all[i].Problem = sentence(note)
		} else {
			broken = errors.Join(broken, errors.New(sentence(note)))
		}
	}
	for _, note := range loaded.Warnings {
		all = append(all, ports.Setting{Key: note.Key, Problem: sentence(note)})
	}
	return all, broken
}

func index(all []ports.Setting, key string) int {
	for i, s := range all {
		if s.Key == key && key != "" {
			return i
		}
	}
	return -1
}

func sentence(n config.Note) string {
	if n.Line > 0 {
		return fmt.Sprintf("Line %d: %s", n.Line, n.Text)
	}
	return n.Text
}

// Set implements ports.SettingsFile.
func (s *SettingsFile) Set(key string, value any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := notAFile(key, value); err != nil {
		return err
	}
	err := s.file.Set(key, value)
	var bad *config.BadValue
	if errors.As(err, &bad) {
		return bad.Err // beside the field nobody needs to read its key
	}
	return err
}

// notAFile refuses files where folders belong. A folder that is not there yet is fine: it is made, or its disk is not connected.
func notAFile(key string, value any) error {
	folders, _ := value.([]string)
	switch key {
	case "takes_dir", "live.user_library", "export.output":
		if dir, ok := value.(string); ok {
			folders = []string{dir}
		}
	case "live.link_dirs", "export.folders":
	default:
		return nil
	}
	for _, dir := range folders {
		path, err := config.Expand(dir)
		if err != nil {
			continue // config says it better
		}
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return fmt.Errorf("%s is a file, not a folder", path)
		}
	}
	return nil
}

// Watch implements ports.SettingsFile.
func (s *SettingsFile) Watch(ctx context.Context, changed func()) error {
	return s.file.Watch(ctx, func(config.Loaded) { changed() })
}

// Disk looks at the folder that takes land in. takes resolves takes_dir; free tells the bytes that are free on the disk of a folder that exists.
func Disk(takes func(takesDir string) (string, error), free func(dir string) (int64, error)) func(takesDir string) settings.Disk {
	return func(takesDir string) settings.Disk {
		dir, err := takes(takesDir)
		if err != nil {
			return settings.Disk{Dir: takesDir, Free: -1}
		}
		d := settings.Disk{Dir: dir, Free: -1}
		at := nearest(dir)
		if at == filepath.Dir(at) && dir != at {
			return d // only the top of the tree is there: the disk is not
		}
		if n, err := free(at); err == nil {
			d.Free = n
		}
		return d
	}
}

// nearest is the folder, or the nearest one above it that exists.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}
