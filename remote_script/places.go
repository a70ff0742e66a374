package remotescript

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// System says where this system keeps a user's folders; main fills it in.
type System struct {
	GOOS      string
	Home      string   // the user's home folder
	AppData   string   // %APPDATA%, Windows only
	Documents string   // the Documents folder, wherever Windows redirected it to
	WineUsers []string // users' folders inside Wine prefixes (<prefix>/drive_c/users/<name>)
}

// Seat is where Live keeps one user's files: the user of this system, or one inside a Wine prefix.
type Seat struct {
	Preferences string // holds one folder "Live x.y.z" for each version
	sub         string // of that folder, where Library.cfg and Log.txt are
	UserLibrary string // the default one; need not exist
	prefix      string // of Wine, "" outside of it
}

// Seats lists the places to look at, likeliest first.
// (Places as Ableton documents them: macOS ~/Library/Preferences/Ableton, Windows %APPDATA%\Ableton.)
func (s System) Seats() []Seat {
	switch s.GOOS {
	case "darwin":
		return []Seat{{
			Preferences: filepath.Join(s.Home, "Library", "Preferences", "Ableton"),
			UserLibrary: filepath.Join(s.Home, "Music", "Ableton", "User Library"),
		}}
	case "windows":
		documents := cmp.Or(s.Documents, filepath.Join(s.Home, "Documents"))
		return []Seat{{
			Preferences: filepath.Join(s.AppData, "Ableton"), sub: "Preferences",
			UserLibrary: filepath.Join(documents, "Ableton", "User Library"),
		}}
	}
	var seats []Seat
	for _, user := range s.WineUsers {
		seats = append(seats, Seat{
			Preferences: filepath.Join(user, "AppData", "Roaming", "Ableton"), sub: "Preferences",
			UserLibrary: filepath.Join(user, "Documents", "Ableton", "User Library"),
			prefix:      filepath.Dir(filepath.Dir(filepath.Dir(user))),
		})
	}
	return seats
}

// LiveFolder is what one version of Live keeps for itself.
type LiveFolder struct {
	Version    string
	Log        string // Log.txt; need not exist
	LibraryCfg string // need not exist
}

// LiveFolders lists the versions of Live that left preferences here, newest version first.
func (s Seat) LiveFolders() []LiveFolder {
	entries, err := os.ReadDir(s.Preferences)
	if err != nil {
		return nil // Live never ran here
	}
	var folders []LiveFolder
	for _, e := range entries {
		version, ok := strings.CutPrefix(e.Name(), "Live ")
		if !ok || !e.IsDir() || version == "" || version[0] < '0' || version[0] > '9' {
			continue // "Live Reports" and the like
		}
		dir := filepath.Join(s.Preferences, e.Name(), s.sub)
		folders = append(folders, LiveFolder{Version: version, Log: filepath.Join(dir, "Log.txt"), LibraryCfg: filepath.Join(dir, "Library.cfg")})
	}
	slices.SortFunc(folders, func(a, b LiveFolder) int { return compareVersions(b.Version, a.Version) })
	return folders
}

// UserLibrary is a folder that looks like a User Library of Live.
type UserLibrary struct {
	Path string
	From string // why we think so, for a sentence: "Live 12.3.6's Library.cfg", "the usual place"
}

// UserLibraries lists the User Libraries that exist, likeliest first.
func UserLibraries(seats []Seat) []UserLibrary {
	var found []UserLibrary
	add := func(path, from string) {
		if !IsUserLibrary(path) || slices.ContainsFunc(found, func(u UserLibrary) bool { return u.Path == path }) {
			return
		}
		found = append(found, UserLibrary{Path: path, From: from})
	}
	for _, seat := range seats {
		for _, live := range seat.LiveFolders() {
			for _, path := range seat.fromLibraryCfg(live.LibraryCfg) {
				add(path, "Live "+live.Version+"'s Library.cfg")
			}
		}
		add(seat.UserLibrary, "the usual place")
	}
	return found
}

// IsUserLibrary says whether a folder has what Live puts into a User Library.
func IsUserLibrary(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	if filepath.Base(dir) == "User Library" {
		return true
	}
	signs := 0
	for _, name := range []string{"Ableton Folder Info", "Remote Scripts", "Presets", "Defaults", "Templates", "Grooves"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			signs++
		}
	}
	return signs >= 2
}

// fromLibraryCfg reads the folders that Library.cfg names as the User Library. Ableton does not document the file, so anything that
// looks like a folder in or near an element about the user's library is tried, and what does not exist is dropped.
func (s Seat) fromLibraryCfg(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // read only
	var folders []string
	for _, value := range libraryValues(io.LimitReader(f, 8<<20)) {
		local := s.local(value)
		if local == "" {
			continue
		}
		for _, candidate := range []string{filepath.Join(local, "User Library"), local} {
			if IsUserLibrary(candidate) {
				folders = append(folders, candidate)
				break
			}
		}
	}
	return folders
}

// libraryValues gives the values of the attributes and texts of path elements, those inside a UserLibrary element first.
func libraryValues(r io.Reader) []string {
	decoder := xml.NewDecoder(r)
	decoder.Strict = false
	var inside, elsewhere []string
	var names []string
	take := func(value string) {
		value = strings.TrimSpace(value)
		if value == "" || !strings.Contains(strings.ToLower(names[len(names)-1]), "path") {
			return
		}
		if slices.Contains(names, "UserLibrary") {
			inside = append(inside, value)
		} else {
			elsewhere = append(elsewhere, value)
		}
	}
	for {
		token, err := decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) && len(inside)+len(elsewhere) == 0 {
				return nil
			}
			return append(inside, elsewhere...)
		}
		switch token := token.(type) {
		case xml.StartElement:
			names = append(names, token.Name.Local)
			for _, a := range token.Attr {
				if a.Name.Local == "Value" {
					take(a.Value)
				}
			}
		case xml.EndElement:
			names = names[:max(0, len(names)-1)]
		case xml.CharData:
			if len(names) > 0 {
				take(string(token))
			}
		}
	}
}

var drivePath = regexp.MustCompile(`^([A-Za-z]):[/\\](.*)$`)

// local turns a path of Live's system into one of ours; "" if it is not a whole path.
func (s Seat) local(path string) string {
	if s.prefix != "" {
		m := drivePath.FindStringSubmatch(path)
		if m == nil {
			return ""
		}
		rest := filepath.FromSlash(strings.ReplaceAll(m[2], `\`, "/"))
		drive := strings.ToLower(m[1])
		if drive == "c" {
			return filepath.Join(s.prefix, "drive_c", rest)
		}
		return filepath.Join(s.prefix, "dosdevices", drive+":", rest)
	}
	path = filepath.FromSlash(path)
	if !filepath.IsAbs(path) {
		return ""
	}
	return filepath.Clean(path)
}

// compareVersions orders "12.3.10" after "12.3.9", and "1.0.0" after "1.0.0-beta".
func compareVersions(a, b string) int {
	coreA, preA, _ := strings.Cut(a, "-")
	coreB, preB, _ := strings.Cut(b, "-")
	partsA, partsB := strings.Split(coreA, "."), strings.Split(coreB, ".")
	for i := range max(len(partsA), len(partsB)) {
		if c := cmp.Compare(number(partsA, i), number(partsB, i)); c != 0 {
			return c
		}
	}
	switch {
	case preA == preB:
		return 0
	case preA == "":
		return 1
	case preB == "":
		return -1
	}
	return strings.Compare(preA, preB)
}

// number reads a part of a version; letters behind the digits ("0b12") do not count.
func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	digits := strings.TrimRightFunc(parts[i], func(r rune) bool { return r < '0' || r > '9' })
	if cut := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); cut >= 0 {
		digits = digits[:cut]
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// Newer says whether version a of the script comes after b.
func Newer(a, b string) bool { return compareVersions(a, b) > 0 }

// LibraryOf gives the User Library that a folder is, or is the script folder of; false: it looks like none.
func LibraryOf(dir string) (string, bool) {
	library := toLibrary(dir)
	return library, IsUserLibrary(library)
}
