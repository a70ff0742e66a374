package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/takebar/takebar/bridge/live"
	"github.com/takebar/takebar/internal/config"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/wire"
	remotescript "github.com/takebar/takebar/remote_script"
)

// Options are what the user asked for.
type Options struct {
	Live      bool          // also try out the connected Live
	Yes       bool          // the part that changes the set may run
	AskDialog time.Duration // wait so long for the user to open Live's Export dialog; 0 = do not ask
	AskReload time.Duration // wait so long for the user to load another set; 0 = do not ask
	Say       func(string)  // tells what goes on; nil = nobody listens
}

// Service says whether something of the desktop is there.
type Service struct {
	Applies bool
	OK      bool
	Message string
	Hint    string
}

// Machine is what a doctor looks at; main fills it in.
type Machine struct {
	Version       string // of this program
	ScriptVersion string // of the script inside it
	Home          string
	Config        *config.File
	TakesDir      func(config.Config) (string, error)
	LinkDirs      func(config.Config) []string
	Seats         []remotescript.Seat
	Preferred     func(config.Config) string // User Library of the settings
	// FreeSpace of the disk that a folder is on, in bytes.
	FreeSpace func(dir string) (int64, error)
	TrayHost  func(ctx context.Context) Service
	Notifier  func(ctx context.Context) Service
	// Exports says what export attempts need and find here; nil = this program has none.
	Exports func(ctx context.Context) []Check
	Now     func() time.Time
}

// Examine makes the report.
func Examine(ctx context.Context, m Machine, o Options) (Report, error) {
	if m.Now == nil {
		m.Now = time.Now
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	loaded := m.Config.Load()
	r := Report{Takebar: m.Version, Script: m.ScriptVersion, System: runtime.GOOS + "/" + runtime.GOARCH, At: m.Now()}
	add := func(checks ...Check) { r.Checks = append(r.Checks, checks...) }
	add(m.homeFolder(), settings(m.Config.Path(), loaded), m.running(ctx))
	add(m.script(loaded.Config)...)
	checks, instances := m.links(ctx, loaded.Config)
	add(checks...)
	add(m.liveLog(), m.takesFolder(loaded.Config), m.journal())
	add(service("Tray icon", m.TrayHost, ctx), service("Notifications", m.Notifier, ctx), m.crash())
	if m.Exports != nil {
		add(m.Exports(ctx)...)
	}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	if o.Live {
		test, err := m.selfTest(ctx, o, instances, loaded.Config)
		if err != nil {
			return r, err
		}
		r.Live = &test
	}
	return r, nil
}

func (m Machine) homeFolder() Check {
	c := Check{Name: "Config folder", Status: OK, Text: m.Home}
	if os.Getenv(config.EnvHome) != "" {
		c.Text += " (from " + config.EnvHome + ")"
	}
	if err := os.MkdirAll(m.Home, 0o700); err != nil {
		return Check{Name: c.Name, Status: Fail, Text: fmt.Sprintf("%s cannot be made (%v).", m.Home, err), Hint: "Allow writing there, or set TAKEBAR_HOME to another folder, for Live as well."}
	}
	if err := writable(m.Home); err != nil {
		return Check{Name: c.Name, Status: Fail, Text: fmt.Sprintf("%s cannot be written to (%v).", m.Home, err), Hint: "Allow writing there, or set TAKEBAR_HOME to another folder, for Live as well."}
	}
	return c
}

// writable tries it out: permissions alone do not tell, on Windows least of all.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".takebar-doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("x")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func settings(path string, l config.Loaded) Check {
	c := Check{Name: "Settings", Status: OK, Text: path}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		c.Text = "No config.toml yet, so the defaults hold. It is written when Takebar starts."
	}
	for _, w := range l.Warnings {
		c.Status = Warn
		c.Details = append(c.Details, w.String())
	}
	for _, p := range l.Problems {
		c.Status = Fail
		c.Details = append(c.Details, p.String())
	}
	switch c.Status {
	case Fail:
		c.Hint = "Mend the line; until then the settings from before stay in force."
	case Warn:
		c.Hint = "Mend or remove the line; it changes nothing as it is."
	case OK, NotApplicable:
	}
	return c
}

// running says whether the menu-bar app, or another command, is the core at the moment.
func (m Machine) running(ctx context.Context) Check {
	c := Check{Name: "Takebar", Status: NotApplicable, Text: "The menu-bar app does not run; commands work by themselves."}
	client, err := control.Dial(ctx, m.Home)
	if err == nil {
		s := client.Snapshot()
		c.Status, c.Text = OK, "It runs and answers. It says: "+s.Link.Message
		if err := client.Close(); err != nil {
			c.Status, c.Text = Warn, fmt.Sprintf("It runs, but the connection broke (%v).", err)
		}
		return c
	}
	if errors.Is(err, control.ErrNoCore) {
		return c
	}
	return Check{Name: c.Name, Status: Fail, Text: fmt.Sprintf("It runs, but does not answer (%v).", err), Hint: "Quit Takebar and start it again."}
}

func (m Machine) script(c config.Config) []Check {
	libraries := remotescript.UserLibraries(m.Seats)
	if preferred := m.Preferred(c); preferred != "" {
		libraries = append([]remotescript.UserLibrary{{Path: preferred, From: "your settings"}}, libraries...)
	}
	if len(libraries) == 0 {
		if len(m.Seats) == 0 {
			return []Check{{Name: "Script", Status: NotApplicable, Text: "No Live is installed for this user, and no Wine prefix was found."}}
		}
		return []Check{{
			Name: "Script", Status: Fail, Text: "Live's User Library was not found.",
			Hint: "Live shows where it is: Settings > Library. Then: takebar install-script --user-library \"that folder\"",
		}}
	}
	var checks []Check
	for _, library := range libraries {
		checks = append(checks, m.scriptIn(library))
	}
	return checks
}

func (m Machine) scriptIn(library remotescript.UserLibrary) Check {
	where := fmt.Sprintf("%s (%s)", library.Path, library.From)
	version, same, err := remotescript.Installed(library.Path)
	c := Check{Name: "Script", Status: OK, Details: []string{where}}
	switch {
	case err != nil:
		c.Status, c.Text, c.Hint = Fail, fmt.Sprintf("It cannot be read (%v).", err), "Allow reading the folder, or install it again: takebar install-script"
	case version == "":
		c.Status, c.Text, c.Hint = Fail, "It is not installed here.", "takebar install-script (or Set Up Live in the menu), then restart Live."
	case same:
		c.Text = "Version " + version + " is installed, the one of this program."
	case version == m.ScriptVersion:
		c.Status, c.Text, c.Hint = Warn, "Version "+version+" is installed, but its files were changed.", "takebar install-script puts the original back and keeps yours as a backup."
	default:
		c.Status, c.Text, c.Hint = Warn, fmt.Sprintf("Version %s is installed; this program has %s.", version, m.ScriptVersion), "takebar install-script updates it; then restart Live."
	}
	return c
}

// takesFolder checks that takes can land, and for how long.
func (m Machine) takesFolder(cfg config.Config) Check {
	c := Check{Name: "Takes folder", Status: OK}
	dir, err := m.TakesDir(cfg)
	if err != nil {
		return Check{Name: c.Name, Status: Fail, Text: fmt.Sprintf("It is not known (%v).", err), Hint: "Set takes_dir in config.toml."}
	}
	c.Text = dir
	at := dir
	for { // the nearest folder that exists
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	if at != dir {
		c.Details = append(c.Details, "It does not exist yet; the first take makes it.")
	}
	if err := writable(at); err != nil {
		return Check{Name: c.Name, Status: Fail, Text: fmt.Sprintf("%s cannot be written to (%v).", at, err), Hint: "Choose another folder: takes_dir in config.toml.", Details: c.Details}
	}
	free, err := m.FreeSpace(at)
	if err != nil {
		c.Status, c.Details = Warn, append(c.Details, fmt.Sprintf("The free space is not known (%v).", err))
		return c
	}
	const bytesPerMinute = 48000 * 2 * 3 * 60
	minutes := free / bytesPerMinute
	c.Details = append(c.Details, fmt.Sprintf("%.1f GB free: about %s of stereo at 24 bit and 48 kHz.", float64(free)/1e9, minutesText(minutes)))
	switch {
	case minutes < 5:
		c.Status, c.Hint = Fail, "Free some space, or choose another folder: takes_dir in config.toml."
	case minutes < 60:
		c.Status, c.Hint = Warn, "Free some space before a long session."
	}
	return c
}

func minutesText(minutes int64) string {
	if minutes < 120 {
		return fmt.Sprintf("%d minutes", minutes)
	}
	return fmt.Sprintf("%d hours", minutes/60)
}

// journal counts landings that an earlier run began and nobody finished.
func (m Machine) journal() Check {
	c := Check{Name: "Unfinished takes", Status: OK, Text: "None waits to land."}
	entries, err := os.ReadDir(filepath.Join(m.Home, "journal"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Check{Name: c.Name, Status: Warn, Text: fmt.Sprintf("The journal cannot be read (%v).", err)}
	}
	waiting := 0
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			waiting++
		}
	}
	if waiting > 0 {
		c.Status, c.Text = Warn, fmt.Sprintf("%d waits to land.", waiting)
		c.Hint = "Start Takebar: it finishes them, or says what is missing (takebar status)."
	}
	return c
}

// crash tells of the last time the program died of its own fault.
func (m Machine) crash() Check {
	path := filepath.Join(config.LogDir(m.Home), config.CrashName)
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return Check{Name: "Crashes", Status: OK, Text: "None is on record."}
	}
	return Check{
		Name: "Crashes", Status: Warn, Text: fmt.Sprintf("Takebar crashed; the last time was %s.", info.ModTime().Format("2006-01-02 15:04")),
		Hint: "Please send this file to the developers, then remove it: " + path,
	}
}

func service(name string, ask func(ctx context.Context) Service, ctx context.Context) Check { //nolint:revive // the name reads better first
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s := ask(ctx)
	c := Check{Name: name, Text: s.Message, Hint: s.Hint}
	switch {
	case !s.Applies:
		c.Status = NotApplicable
	case s.OK:
		c.Status = OK
	default:
		c.Status = Warn
	}
	return c
}

// links tries every link file: does the port answer, is the token right?
func (m Machine) links(ctx context.Context, cfg config.Config) ([]Check, []live.Instance) {
	var checks []Check
	var good []live.Instance
	for _, dir := range m.LinkDirs(cfg) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // no Live has ever left a file there
		}
		for _, e := range entries {
			if filepath.Ext(e.Name()) != ".json" || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			check, instance, ok := m.link(ctx, filepath.Join(dir, e.Name()))
			checks = append(checks, check)
			if ok {
				good = append(good, instance)
			}
		}
	}
	if len(checks) == 0 {
		checks = []Check{{
			Name: "Link to Live", Status: Warn, Text: "No running Live has left a link file.",
			Hint: "Start Live and choose Takebar in Settings > Link, Tempo & MIDI > Control Surface.\nIf Takebar is not in that list, the script is not installed, or Live was not restarted since.",
		}}
	}
	return checks, good
}

const linkWait = 5 * time.Second

func (m Machine) link(ctx context.Context, path string) (Check, live.Instance, bool) {
	ctx, cancel := context.WithTimeout(ctx, linkWait)
	defer cancel()
	c := Check{Name: "Link to Live", Status: Fail, Details: []string{path}}
	var at live.Instance
	if err := wire.ReadFile(path, false, &at); err != nil {
		c.Text = fmt.Sprintf("The link file cannot be used (%v).", err)
		c.Hint = "Restart Live; if that does not help, remove the file."
		return c, at, false
	}
	session, hello, err := connect(ctx, m.Version, at)
	if err != nil {
		var refused *wire.RemoteError
		switch {
		case errors.As(err, &refused):
			c.Text, c.Hint = refused.Message, refused.Hint
		case errors.Is(err, errNoPort):
			c.Status = Warn
			c.Text = fmt.Sprintf("Live %s left this file, but nothing listens on port %d any more.", at.Live, at.Port)
			c.Hint = "If Live runs, choose None and then Takebar again as Control Surface. If it does not, the file is a leftover; Takebar removes it."
		default:
			c.Text = fmt.Sprintf("Something listens on port %d, but it did not accept the greeting (%v).", at.Port, err)
			c.Hint = "Restart Live. If it is busy (loading, or a dialog is open), try again in a moment."
		}
		return c, at, false
	}
	session.Close()
	c.Status = OK
	c.Text = fmt.Sprintf("Live %s answers on port %d: script %s, Python %s, protocol %d.", hello.Live, at.Port, hello.Script, hello.Python, hello.Protocol)
	if hello.Script != m.ScriptVersion {
		c.Status = Warn
		c.Hint = fmt.Sprintf("This program has script %s: takebar install-script, then restart Live.", m.ScriptVersion)
	}
	return c, at, true
}

var errNoPort = errors.New("nothing listens")

// connect says hello to a Live. The caller closes the session.
func connect(ctx context.Context, version string, at live.Instance) (*wire.Session, live.HelloResult, error) {
	var hello live.HelloResult
	conn, err := wire.Dial(ctx, at.Port)
	if err != nil {
		return nil, hello, fmt.Errorf("%w: %w", errNoPort, err)
	}
	session := wire.NewSession(conn, wire.SessionOptions{Deadline: 10 * time.Second, Verdict: 30 * time.Second})
	greeting := wire.Hello{Token: at.Token, Client: "takebar-doctor", Version: version, Protocol: []int{1}}
	if err := session.Greet(ctx, greeting, &hello); err != nil {
		session.Close()
		return nil, hello, err
	}
	return session, hello, nil
}
