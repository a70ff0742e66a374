// Package config knows where Takebar keeps its things on each system, and reads, checks and edits config.toml.
//
// It must not open the take library, the link or the core, and it never deletes or rewrites what a user wrote: a file with a
// mistake stays as it is, and the settings from before the mistake stay in force. Only main imports it; other packages get the
// values that they need.
package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// FileName is the name of the settings file in the config folder.
const FileName = "config.toml"

// Config is what config.toml can say.
type Config struct {
	TakesDir      string // where takes land; "" means the Takebar folder in the user's music folder
	NameTemplate  string // of new takes; "" means the library's own
	Artist        string // in the tags of converted files
	Source        string // what Record Take records: armed, selected, main
	View          string // where it records to: arrangement, session
	ExclusiveArm  string // whether arming a track disarms the others: set (as the set says), yes, no
	Notifications bool   // desktop notifications
	Colours       string // of the windows: system, light, dark
	PlayerDevice  string // sound output of the player, by its ID; "" means the system's
	LogLevel      string // debug, info, warn, error
	Live          Live
	Export        Export
}

// Live is the [live] table.
type Live struct {
	UserLibrary string   // where the Remote Script goes; "" means find it
	LinkDirs    []string // more folders with link files, for a Live that runs under another user folder
}

// Export is the [export] table.
type Export struct {
	Enabled     bool     // show export attempts in the menu
	Pictures    bool     // keep pictures of Live's window with each attempt
	Shortcut    string   // tried first: e or r, with Ctrl+Shift or Cmd+Shift
	Folders     []string // that Live's Save dialog points to; none means the set's own folder
	Output      string   // for the files of a batch; "" means Exports inside the takes folder
	OpenCommand []string // opens a .als; none means the system's way
}

// Default is what holds where config.toml says nothing.
func Default() Config {
	return Config{Source: "armed", View: "arrangement", ExclusiveArm: "set", Notifications: true, Colours: "system", LogLevel: "info", Export: Export{Shortcut: "e"}}
}

// setting is one key of config.toml: how it is explained, read and checked.
type setting struct {
	table   string // "" for the top of the file
	name    string
	comment string // lines above it in a new file
	get     func(Config) any
	put     func(*Config, any) error // error: what the value should have been
}

func (s setting) key() string {
	if s.table == "" {
		return s.name
	}
	return s.table + "." + s.name
}

func settings(checkTemplate func(string) error) []setting {
	return []setting{
		{
			name:    "takes_dir",
			comment: "Where your takes land. Empty means the folder Takebar inside your music folder.\nThe environment variable TAKEBAR_TAKES goes before this line.",
			get:     func(c Config) any { return c.TakesDir },
			put:     func(c *Config, v any) error { return putFolder(&c.TakesDir, v) },
		},
		{
			name:    "name_template",
			comment: "How new takes are named. Empty means Takebar's own way.\nYou can use {set} {track} {take} {date} {time} {tempo}.",
			get:     func(c Config) any { return c.NameTemplate },
			put: func(c *Config, v any) error {
				s, err := asText(v)
				if err != nil {
					return err
				}
				if s != "" && checkTemplate != nil {
					if err := checkTemplate(s); err != nil {
						return err
					}
				}
				c.NameTemplate = s
				return nil
			},
		},
		{
			name:    "artist",
			comment: "Your name, or your band's, for the tags of converted files. Empty means no artist in them.",
			get:     func(c Config) any { return c.Artist },
			put: func(c *Config, v any) (err error) {
				c.Artist, err = asText(v)
				return err
			},
		},
		{
			name:    "source",
			comment: "What Record Take records: \"armed\" (the armed tracks), \"selected\" (the selected track), \"main\" (what you hear).",
			get:     func(c Config) any { return c.Source },
			put:     func(c *Config, v any) error { return putChoice(&c.Source, v, "armed", "selected", "main") },
		},
		{
			name:    "view",
			comment: "Where it records to: \"arrangement\" or \"session\".",
			get:     func(c Config) any { return c.View },
			put:     func(c *Config, v any) error { return putChoice(&c.View, v, "arrangement", "session") },
		},
		{
			name:    "exclusive_arm",
			comment: "Whether arming a track disarms the others: \"set\" (as Live's Exclusive Arm is set), \"yes\", \"no\".",
			get:     func(c Config) any { return c.ExclusiveArm },
			put:     func(c *Config, v any) error { return putChoice(&c.ExclusiveArm, v, "set", "yes", "no") },
		},
		{
			name:    "notifications",
			comment: "Desktop notifications when a take starts, lands or fails.",
			get:     func(c Config) any { return c.Notifications },
			put:     func(c *Config, v any) error { return putSwitch(&c.Notifications, v) },
		},
		{
			name:    "colours",
			comment: "Colours of Takebar's windows: \"system\" (as your desktop has it), \"light\", \"dark\".",
			get:     func(c Config) any { return c.Colours },
			put:     func(c *Config, v any) error { return putChoice(&c.Colours, v, "system", "light", "dark") },
		},
		{
			name:    "player_device",
			comment: "The sound output that takes are played on. Empty means whatever your system plays on.",
			get:     func(c Config) any { return c.PlayerDevice },
			put: func(c *Config, v any) (err error) {
				c.PlayerDevice, err = asText(v)
				return err
			},
		},
		{
			name:    "log_level",
			comment: "How much Takebar writes into its log: \"debug\", \"info\", \"warn\", \"error\".",
			get:     func(c Config) any { return c.LogLevel },
			put:     func(c *Config, v any) error { return putChoice(&c.LogLevel, v, "debug", "info", "warn", "error") },
		},
		{
			table: "live", name: "user_library",
			comment: "Your User Library, if Takebar does not find it by itself. Empty means: find it.",
			get:     func(c Config) any { return c.Live.UserLibrary },
			put:     func(c *Config, v any) error { return putFolder(&c.Live.UserLibrary, v) },
		},
		{
			table: "live", name: "link_dirs",
			comment: "More folders where a running Live may have left its link file, for example inside a Wine prefix.",
			get:     func(c Config) any { return c.Live.LinkDirs },
			put:     func(c *Config, v any) error { return putFolders(&c.Live.LinkDirs, v) },
		},
		{
			table: "export", name: "enabled",
			comment: "Export attempts press Live's own export shortcut for you. Fragile by nature, so they are off.\nSwitch them on with takebar export enable, which tells what can go wrong; false here switches them off.",
			get:     func(c Config) any { return c.Export.Enabled },
			put:     func(c *Config, v any) error { return putSwitch(&c.Export.Enabled, v) },
		},
		{
			table: "export", name: "pictures",
			comment: "Keep pictures of Live's window with each export attempt, so that you can see afterwards what happened. They stay on this computer.",
			get:     func(c Config) any { return c.Export.Pictures },
			put:     func(c *Config, v any) error { return putSwitch(&c.Export.Pictures, v) },
		},
		{
			table: "export", name: "shortcut",
			comment: "The shortcut that a rehearsal tries first: \"e\" is Ctrl+Shift+E (Cmd+Shift+E on macOS), \"r\" the same with R.",
			get:     func(c Config) any { return c.Export.Shortcut },
			put:     func(c *Config, v any) error { return putChoice(&c.Export.Shortcut, v, "e", "r") },
		},
		{
			table: "export", name: "folders",
			comment: "The folders that Live's Save dialog points to, so that Takebar looks for new files there. None means the folder of the set.",
			get:     func(c Config) any { return c.Export.Folders },
			put:     func(c *Config, v any) error { return putFolders(&c.Export.Folders, v) },
		},
		{
			table: "export", name: "output",
			comment: "Where a batch puts its finished files. Empty means the folder Exports inside the takes folder.",
			get:     func(c Config) any { return c.Export.Output },
			put:     func(c *Config, v any) error { return putFolder(&c.Export.Output, v) },
		},
		{
			table: "export", name: "open_command",
			comment: "The command with which a batch opens a set, word by word; {} stands for the file. None means the system's own way.",
			get:     func(c Config) any { return c.Export.OpenCommand },
			put:     func(c *Config, v any) error { return putWords(&c.Export.OpenCommand, v) },
		},
	}
}

// Value is one setting with its value.
type Value struct {
	Key   string
	Value any    // string, bool or []string
	Text  string // as config.toml spells it
}

// Values lists all settings, in the order of the file.
func (c Config) Values() []Value {
	var all []Value
	for _, s := range settings(nil) {
		v := s.get(c)
		if list, ok := v.([]string); ok && list == nil {
			v = []string{}
		}
		all = append(all, Value{Key: s.key(), Value: v, Text: literal(v)})
	}
	return all
}

func asText(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("must be text in quotes, not %s", spell(v))
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", errors.New("must be readable text")
	}
	return s, nil
}

func putChoice(to *string, v any, choices ...string) error {
	s, ok := v.(string)
	if !ok || !slices.Contains(choices, s) {
		quoted := make([]string, len(choices))
		for i, c := range choices {
			quoted[i] = quote(c)
		}
		last := len(quoted) - 1
		return fmt.Errorf("must be %s or %s, not %s", strings.Join(quoted[:last], ", "), quoted[last], spell(v))
	}
	*to = s
	return nil
}

func putSwitch(to *bool, v any) error {
	b, ok := v.(bool)
	if !ok {
		return fmt.Errorf("must be true or false, not %s", spell(v))
	}
	*to = b
	return nil
}

func putFolder(to *string, v any) error {
	s, err := asText(v)
	if err != nil {
		return err
	}
	if s != "" {
		if s, err = Expand(s); err != nil {
			return err
		}
	}
	*to = s
	return nil
}

func putFolders(to *[]string, v any) error {
	list, ok := v.([]any)
	if !ok {
		if texts, isTexts := v.([]string); isTexts {
			for _, s := range texts {
				list = append(list, s)
			}
		} else {
			return fmt.Errorf("must be a list of folders like [\"/one\", \"/two\"], not %s", spell(v))
		}
	}
	folders := make([]string, 0, len(list))
	for _, entry := range list {
		var folder string
		if err := putFolder(&folder, entry); err != nil {
			return fmt.Errorf("has an entry that %w", err)
		}
		if folder != "" {
			folders = append(folders, folder)
		}
	}
	*to = folders
	return nil
}

func putWords(to *[]string, v any) error {
	if words, ok := v.([]string); ok {
		*to = slices.Clone(words)
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		return fmt.Errorf("must be a list of words like [\"open\", \"{}\"], not %s", spell(v))
	}
	words := make([]string, 0, len(list))
	for _, entry := range list {
		word, err := asText(entry)
		if err != nil {
			return fmt.Errorf("has an entry that %w", err)
		}
		words = append(words, word)
	}
	*to = words
	return nil
}

// spell writes a value as config.toml would, short enough for a sentence.
func spell(v any) string {
	text := ""
	switch v := v.(type) {
	case string:
		text = quote(v)
	case map[string]any:
		return "a table"
	case []any:
		return "a list"
	default:
		text = fmt.Sprint(v)
	}
	if r := []rune(text); len(r) > 60 {
		text = string(r[:57]) + "..."
	}
	return text
}
