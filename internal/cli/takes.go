package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/internal/control"
	"github.com/takebar/takebar/internal/take/sidecar"
)

const whichTake = `which take: its number, its name, its id, or "last"`

func (r *run) takesCommand() *cobra.Command {
	c := group("takes", "The library: list, show, reveal, play, rescue, trash, ...",
		r.takesListCommand(), r.takesShowCommand(), r.takesPathCommand(), r.takesRevealCommand(), r.takesPlayCommand(),
		r.takesNoteCommand(), r.takesRateCommand(), r.takesRenameCommand(), r.takesTrashCommand(), r.takesRestoreCommand(), r.takesRescueCommand())
	c.Long = `The library of takes. A take is named by its number, its name, its id, or "last".`
	return c
}

func (r *run) takesListCommand() *cobra.Command {
	var query control.TakeQuery
	c := &cobra.Command{
		Use:   "list [text]",
		Short: "List takes, newest first",
		Long:  "List takes, newest first; with a text, those that have it in their name, set, tracks or note.",
		Args:  args(0, 1, ""),
		RunE: func(cmd *cobra.Command, given []string) error {
			if query.Limit < 0 {
				return usagef("--limit is a number of takes")
			}
			query.Text = strings.Join(given, "")
			return r.with(cmd.Context(), withoutLive, func(ctx context.Context, core Core) error {
				takes, err := core.Takes(ctx, query)
				if err != nil {
					return err
				}
				if takes == nil {
					takes = []control.LibraryTake{}
				}
				return r.show(takes, func() string { return r.takesText(takes) })
			})
		},
	}
	c.Flags().StringVar(&query.Set, "set", "", "only takes of this set")
	c.Flags().IntVarP(&query.Limit, "limit", "n", 0, "at most so many (0 = all)")
	c.Flags().BoolVar(&query.Trashed, "trash", false, "what is in the trash")
	return c
}

func (r *run) takesText(takes []control.LibraryTake) string {
	if len(takes) == 0 {
		return "No takes."
	}
	var t table
	t.row("#", "Recorded", "Length", "Tracks", "Rating", "Name", "")
	for _, take := range takes {
		var tracks []string
		for _, track := range take.Tracks {
			tracks = append(tracks, track.Name)
		}
		remark := ""
		if take.Status != sidecar.StatusLanded {
			remark = string(take.Status)
		}
		t.row(strconv.Itoa(take.Number), r.when(take.RecordedAt), length(take.Duration()), strings.Join(tracks, ", "), strings.Repeat("*", take.Rating), take.Name, remark)
	}
	return t.String()
}

// one is a command about one take.
func (r *run) one(use, short string, do func(ctx context.Context, core Core, ref string, more []string) error, extra int, what string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args(1+extra, 1+extra, what),
		RunE: func(cmd *cobra.Command, given []string) error {
			return r.with(cmd.Context(), withoutLive, func(ctx context.Context, core Core) error {
				return do(ctx, core, given[0], given[1:])
			})
		},
	}
}

func (r *run) takesShowCommand() *cobra.Command {
	return r.one("show <take>", "Show everything about a take", func(ctx context.Context, core Core, ref string, _ []string) error {
		t, err := core.Take(ctx, ref)
		if err != nil {
			return err
		}
		return r.show(t, func() string { return r.takeText(t) })
	}, 0, whichTake)
}

func (r *run) takeText(t control.LibraryTake) string {
	var rows table
	rows.row("Take", takeName(t))
	status := string(t.Status)
	if t.Trashed {
		status += ", in the trash"
	}
	rows.row("Status", status)
	rows.row("Recorded", r.when(t.RecordedAt))
	if t.Set.Name != "" {
		rows.row("Set", t.Set.Name)
	}
	rows.row("Music", fmt.Sprintf("%s BPM, %d/%d", round(t.Tempo), t.SignatureNumerator, t.SignatureDenominator))
	if t.StartBeat != nil {
		rows.row("Starts", "beat "+round(*t.StartBeat))
	}
	rows.row("From", fmt.Sprintf("%s, %s", t.Source, t.View))
	if t.Rating > 0 {
		rows.row("Rating", strings.Repeat("*", t.Rating))
	}
	if t.Note != "" {
		rows.row("Note", t.Note)
	}
	rows.row("Folder", t.Folder)
	text := rows.String()
	for i, f := range t.Files {
		var file table
		file.row("File", f.Name)
		file.row("  Track", f.Track)
		file.row("  Length", fmt.Sprintf("%s, %d frames, %s", length(f.Duration()), f.Frames, size(f.Bytes)))
		file.row("  Format", formatText(f))
		file.row("  Level", levelText(f))
		if f.IntegratedLUFS != nil && *f.IntegratedLUFS > -200 {
			file.row("  Loudness", fmt.Sprintf("%.1f LUFS, range %.1f LU, true peak %.1f dBTP", *f.IntegratedLUFS, deref(f.RangeLU), deref(f.TruePeakDBTP)))
		}
		if f.StartSample != nil && *f.StartSample > 0 {
			file.row("  Pre-roll", fmt.Sprintf("%d frames before the take begins", *f.StartSample))
		}
		file.row("  SHA-256", f.SHA256)
		file.row("  Original", f.OriginalPath)
		if i < len(t.Paths) {
			file.row("  Path", t.Paths[i])
		}
		text += "\n" + file.String()
	}
	for _, w := range warningsOf(t) {
		text += "\nNote: " + w
	}
	return text
}

func formatText(f sidecar.File) string {
	kind := ""
	if f.Float {
		kind = " float"
	}
	channels := fmt.Sprintf("%d channels", f.Channels)
	switch f.Channels {
	case 1:
		channels = "mono"
	case 2:
		channels = "stereo"
	}
	return fmt.Sprintf("%s, %s kHz, %d-bit%s, %s", strings.ToUpper(f.Container), number(float64(f.Rate)/1000), f.Bits, kind, channels)
}

// deref is 0 for what is not known.
func deref(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

func levelText(f sidecar.File) string {
	switch {
	case f.AllZero:
		return "digital silence"
	case f.Silent:
		return fmt.Sprintf("silent (peak %.1f dBFS)", f.PeakDBFS)
	case f.ClippedSamples > 0:
		return fmt.Sprintf("peak %.1f dBFS, %d samples clipped", f.PeakDBFS, f.ClippedSamples)
	}
	return fmt.Sprintf("peak %.1f dBFS", f.PeakDBFS)
}

func (r *run) takesPathCommand() *cobra.Command {
	return r.one("path <take>", "Print a take's audio files, one path a line", func(ctx context.Context, core Core, ref string, _ []string) error {
		t, err := core.Take(ctx, ref)
		if err != nil {
			return err
		}
		return r.show(t.Paths, func() string { return strings.Join(t.Paths, "\n") })
	}, 0, whichTake)
}

func (r *run) takesRevealCommand() *cobra.Command {
	return r.one("reveal <take>", "Show a take's files in the file manager", func(ctx context.Context, core Core, ref string, _ []string) error {
		t, err := core.Take(ctx, ref)
		if err != nil {
			return err
		}
		paths := t.Paths
		if len(paths) == 0 {
			paths = []string{t.Sidecar}
		}
		if err := r.Files.Reveal(ctx, paths); err != nil {
			return err
		}
		return r.show(paths, func() string { return "Shown: " + t.Folder })
	}, 0, whichTake)
}

func (r *run) takesPlayCommand() *cobra.Command {
	var file int
	c := r.one("play <take>", "Play a take with the system's player", func(ctx context.Context, core Core, ref string, _ []string) error {
		t, err := core.Take(ctx, ref)
		switch {
		case err != nil:
			return err
		case len(t.Paths) == 0:
			return &control.Error{Code: "no_file", Message: fmt.Sprintf("The take %q has no audio file.", t.Name), Hint: "takebar takes show tells why."}
		case file < 1 || file > len(t.Paths):
			return usagef("--file is 1 to %d for this take", len(t.Paths))
		}
		if err := r.Files.Play(ctx, t.Paths[file-1]); err != nil {
			return err
		}
		return r.show(t.Paths[file-1:file], func() string { return "Playing " + t.Paths[file-1] })
	}, 0, whichTake)
	c.Flags().IntVar(&file, "file", 1, "which file of the take, from 1")
	return c
}

func (r *run) takesNoteCommand() *cobra.Command {
	return r.one("note <take> <text>", "Write a note to a take (an empty one removes it)", func(ctx context.Context, core Core, ref string, more []string) error {
		return r.annotated(core.AnnotateTake(ctx, ref, &more[0], nil))
	}, 1, "which take, and the note")
}

func (r *run) takesRateCommand() *cobra.Command {
	c := r.one("rate <take> <0 to 5>", "Rate a take", func(ctx context.Context, core Core, ref string, more []string) error {
		rating, err := strconv.Atoi(more[0])
		if err != nil || rating < 0 || rating > 5 {
			return usagef("a rating is 0 to 5, not %q", more[0])
		}
		return r.annotated(core.AnnotateTake(ctx, ref, nil, &rating))
	}, 1, "which take, and 0 to 5")
	return c
}

func (r *run) annotated(t control.LibraryTake, err error) error {
	if err != nil {
		return err
	}
	return r.show(t, func() string {
		text := "Take " + takeName(t)
		if t.Rating > 0 {
			text += "  " + strings.Repeat("*", t.Rating)
		}
		if t.Note != "" {
			text += "\nNote: " + app.Clean(t.Note)
		}
		return text
	})
}

func (r *run) takesRenameCommand() *cobra.Command {
	c := r.one("rename <take> <name>", "Rename a take with its files", func(ctx context.Context, core Core, ref string, more []string) error {
		before, err := core.Take(ctx, ref)
		if err != nil {
			return err
		}
		t, err := core.RenameTake(ctx, before.ID, more[0])
		if err != nil {
			return err
		}
		return r.show(t, func() string {
			if t.Name == before.Name {
				return "It is called so already: " + takeName(t)
			}
			text := fmt.Sprintf("Renamed: %s", takeName(t))
			for _, p := range t.Paths {
				text += "\n  " + p
			}
			return fmt.Sprintf("%s\ntakebar takes rename %s %s takes it back.", text, t.ID, quoted(app.Clean(before.Name)))
		})
	}, 1, "which take, and its new name")
	c.Long = `Rename a take with its files and its sidecar. Its files are called as if the take
had landed under that name. Nothing is overwritten: where the name is taken, the
take becomes "name (2)". Renaming it back brings the old file names back.`
	return c
}

// quoted writes a name so that a shell takes it for one word.
func quoted(name string) string {
	if strings.ContainsAny(name, "\"`$\\!") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return `"` + name + `"`
}

func (r *run) takesTrashCommand() *cobra.Command {
	return r.one("trash <take>", "Put a take into the trash of the takes folder", func(ctx context.Context, core Core, ref string, _ []string) error {
		t, err := core.TrashTake(ctx, ref)
		if err != nil {
			return err
		}
		return r.show(t, func() string {
			return fmt.Sprintf("In the trash: %s\ntakebar takes restore %s brings it back.", takeName(t), t.ID)
		})
	}, 0, whichTake)
}

func (r *run) takesRestoreCommand() *cobra.Command {
	return r.one("restore <take>", "Bring a take back from the trash", func(ctx context.Context, core Core, ref string, _ []string) error {
		t, err := core.RestoreTake(ctx, ref)
		if err != nil {
			return err
		}
		return r.show(t, func() string { return "Back again: " + takeName(t) })
	}, 0, whichTake)
}

func (r *run) takesRescueCommand() *cobra.Command {
	c := r.one("rescue <take or file>", "Land a repaired copy of a recording that Live left unfinished", func(ctx context.Context, core Core, ref string, _ []string) error {
		// The core may run in another folder.
		if _, err := os.Stat(ref); err == nil {
			if abs, err := filepath.Abs(ref); err == nil {
				ref = abs
			}
		}
		t, err := core.RescueTake(ctx, ref)
		if err != nil {
			return err
		}
		return r.landed(t, false)
	}, 0, "which take, or the file in Live's project")
	c.Long = `Land a repaired copy of a recording that Live left unfinished, for example after a
crash. The original is not touched. Name a take with missing files, or the file
in Live's project (Samples/Recorded). Prints one path a line.`
	return c
}
