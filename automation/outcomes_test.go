//go:build linux && cgo

package automation_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/takebar/takebar/automation"
	"github.com/takebar/takebar/internal/exporttest"
)

func TestVerified(t *testing.T) {
	b := newBench(t, exporttest.Script{Counted: true, Project: "Song Project"})
	r := b.attempt(automation.Request{})
	want(t, r, automation.Verified, "", automation.Done)
	b.safe(r)
	if len(r.Files) != 1 || len(r.Receipts) != 1 || !r.Clean {
		t.Fatalf("files %v, receipts %v, clean %t", r.Files, r.Receipts, r.Clean)
	}
	f := r.Files[0]
	if f.Path != filepath.Join(b.folder, "Song.wav") || f.Frames != 88200 || f.Silent || f.SHA256 == "" || f.Bits != 24 {
		t.Errorf("facts: %+v", f)
	}
	// The receipt says what anybody can check: the sum of the file's bytes, and what is in it.
	bytes, err := os.ReadFile(f.Path)
	must(t, err)
	sum := sha256.Sum256(bytes)
	var rec automation.Receipt
	text, err := os.ReadFile(filepath.Join(b.folder, "Song.wav.export.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &rec))
	if rec.File.SHA256 != hex.EncodeToString(sum[:]) || rec.File.Bytes != int64(len(bytes)) || rec.File.Format != "WAV" || rec.File.Rate != 44100 ||
		rec.File.Channels != 2 || rec.File.Frames != 88200 || rec.File.PeakDBFS == nil || rec.Outcome != automation.Verified || rec.Set != "Song" || rec.Attempt != r.ID {
		t.Errorf("the receipt says %s", text)
	}
}

// TestEncodedFormats exports what Live's encoders make: FLAC is read to its end, an MP3 is judged by its length and says so.
func TestEncodedFormats(t *testing.T) {
	for _, c := range []struct {
		name, sound string
		outcome     automation.Outcome
		reason      automation.Reason
		warning     string
	}{
		{"a.flac", "sine=440:r=44100", automation.Verified, "", ""},
		{"b.flac", "anullsrc=r=44100", automation.Unverified, automation.ReasonSilent, ""},
		{"c.mp3", "sine=440:r=44100", automation.WithWarnings, "", "mp3_by_length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := filepath.Join(t.TempDir(), c.name)
			if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", c.sound, "-t", "2", content).CombinedOutput(); err != nil {
				t.Fatalf("ffmpeg (apt-get install ffmpeg): %v: %s", err, out)
			}
			b := newBench(t, exporttest.Script{File: "Song" + filepath.Ext(c.name), Content: content})
			r := b.attempt(automation.Request{})
			state := automation.Done
			if c.reason != "" {
				state = automation.Verify
			}
			want(t, r, c.outcome, c.reason, state)
			b.safe(r)
			if c.warning != "" && (len(r.Warnings) != 1 || r.Warnings[0].Code != c.warning) {
				t.Errorf("warnings: %+v", r.Warnings)
			}
		})
	}
}

// TestFiftyInARow is the happy path 50 times, each with a set of its own name, on one Live.
func TestFiftyInARow(t *testing.T) {
	b := newBench(t, exporttest.Script{Seconds: 0.2})
	for i := range 50 {
		if i > 0 {
			must(t, os.Rename(filepath.Join(b.folder, "Song.wav"), filepath.Join(t.TempDir(), "Song.wav")))
			must(t, os.Remove(filepath.Join(b.folder, "Song.wav.export.json")))
		}
		r := b.attempt(automation.Request{})
		want(t, r, automation.Verified, "", automation.Done)
		b.safe(r)
		if t.Failed() {
			t.Fatalf("run %d", i+1)
		}
	}
}

// TestFormats checks every kind of file that an export may be, and what each one is called.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		format, sound, container string
		outcome                  automation.Outcome
		reason                   automation.Reason
	}{
		{"wav8", "tone", "WAV", automation.Verified, ""},
		{"wav16", "tone", "WAV", automation.Verified, ""},
		{"float", "tone", "WAV", automation.Verified, ""},
		{"rf64", "tone", "RF64", automation.Verified, ""},
		{"aiff", "tone", "AIFF", automation.Verified, ""},
		{"wav24", "clipped", "WAV", automation.WithWarnings, ""},
		{"wav24", "silent", "WAV", automation.Unverified, automation.ReasonSilent},
		{"wav8", "silent", "WAV", automation.Unverified, automation.ReasonSilent},
		{"float", "silent", "WAV", automation.Unverified, automation.ReasonSilent},
	} {
		t.Run(c.format+" "+c.sound, func(t *testing.T) {
			b := newBench(t, exporttest.Script{Format: c.format, Sound: c.sound, Seconds: 1})
			r := b.attempt(automation.Request{})
			state := automation.Done
			if c.reason != "" {
				state = automation.Verify
			}
			want(t, r, c.outcome, c.reason, state)
			b.safe(r)
			if len(r.Files) != 1 || r.Files[0].Format != c.container {
				t.Errorf("files: %+v", r.Files)
			}
		})
	}
}

// hostile is one case: a stand-in with a bad habit, or something that happens meanwhile, and what must come of it.
type hostile struct {
	name    string
	script  exporttest.Script
	prepare func(t *testing.T, b *bench)
	request automation.Request
	outcome automation.Outcome
	reason  automation.Reason
	state   automation.State
	noFile  bool // nothing may have been exported
	clean   bool // Live must be provably clean afterwards
	either  bool // clean or not: that is a race by the case's nature
}

func TestOutcomes(t *testing.T) {
	for _, c := range hostiles() {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, c.script)
			if c.prepare != nil {
				c.prepare(t, b)
			}
			r := b.attempt(c.request)
			if b.after != nil {
				b.after()
			}
			want(t, r, c.outcome, c.reason, c.state)
			b.safe(r)
			if r.Clean != c.clean && !c.either {
				t.Errorf("clean is %t", r.Clean)
			}
			if files := b.exported(); c.noFile && len(files) > 0 {
				t.Errorf("the folder has %v", files)
			}
		})
	}
}

func fault(f exporttest.Fault) exporttest.Script { return exporttest.Script{Fault: f} }

func hostiles() []hostile {
	fail, unver, cancel := automation.Failed, automation.Unverified, automation.Cancelled
	return []hostile{
		{name: "not consented", prepare: oldConsent, outcome: fail, reason: automation.ReasonNotConsented, state: automation.Preflight, noFile: true},
		{name: "not rehearsed", script: exporttest.Script{Live: "11.0.1"}, outcome: fail, reason: automation.ReasonNotRehearsed, state: automation.BridgeCheck, noFile: true},
		{name: "helper missing", prepare: noHelper, outcome: fail, reason: automation.ReasonHelperMissing, state: automation.Preflight, noFile: true},
		{name: "helper without driver", prepare: badHelper, outcome: fail, reason: automation.ReasonHelperCrashed, state: automation.Preflight, noFile: true},
		{name: "no display", prepare: noDisplay, outcome: fail, reason: automation.ReasonUnsupportedSession, state: automation.Preflight, noFile: true},
		{name: "wayland", prepare: wayland, outcome: fail, reason: automation.ReasonUnsupportedSession, state: automation.Preflight, noFile: true},
		{name: "wayland, live is an x11 program", prepare: xwayland, outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "wayland, live is out of sight", prepare: waylandLive, outcome: fail, reason: automation.ReasonUnsupportedSession, state: automation.FindWindow, noFile: true},
		{name: "permission missing", prepare: elevated, outcome: fail, reason: automation.ReasonPermissionMissing, state: automation.FindWindow, noFile: true},
		{name: "layout ru", prepare: layout("ru"), outcome: fail, reason: automation.ReasonLayoutUnsupported, state: automation.KeysClear, noFile: true, clean: true},
		{name: "layout de", prepare: layout("de"), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "layout fr", prepare: layout("fr"), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "link down", prepare: func(_ *testing.T, b *bench) { b.live.SetDown(true) }, outcome: fail, reason: automation.ReasonLinkDown, state: automation.BridgeCheck, noFile: true},
		{name: "transport running", script: exporttest.Script{Playing: true}, outcome: fail, reason: automation.ReasonTransportRunning, state: automation.BridgeCheck, noFile: true},
		{name: "recording", script: exporttest.Script{Record: true}, outcome: fail, reason: automation.ReasonRecording, state: automation.BridgeCheck, noFile: true},
		{name: "message open", script: exporttest.Script{Message: "Some samples are missing."}, outcome: fail, reason: automation.ReasonDialogAlreadyOpen, state: automation.BridgeCheck, noFile: true},
		{name: "another set planned", request: automation.Request{WantSet: "/no/such/Other.als"}, outcome: fail, reason: automation.ReasonSetChanged, state: automation.BridgeCheck, noFile: true},
		{name: "live not running", prepare: orphanLink, outcome: fail, reason: automation.ReasonLiveNotRunning, state: automation.FindWindow, noFile: true},
		{name: "two lives", prepare: secondLive, outcome: fail, reason: automation.ReasonSeveralLive, state: automation.FindWindow, noFile: true},
		{name: "wrong set", script: exporttest.Script{Title: "Other - Ableton Live 12 Suite"}, outcome: fail, reason: automation.ReasonWrongSet, state: automation.FindWindow, noFile: true},
		{name: "title unreadable", script: exporttest.Script{NoTitle: true}, outcome: fail, reason: automation.ReasonTitleUnreadable, state: automation.FindWindow, noFile: true},
		{name: "folder missing", request: automation.Request{Folders: []string{"/no/such/folder"}}, outcome: fail, reason: automation.ReasonFolderMissing, state: automation.Snapshot, noFile: true, clean: true},
		{name: "folder not writable", request: automation.Request{Folders: []string{"/proc"}}, outcome: fail, reason: automation.ReasonFolderNotWritable, state: automation.Snapshot, noFile: true, clean: true},
		{name: "disk low", prepare: free(1 << 20), outcome: fail, reason: automation.ReasonDiskLow, state: automation.Snapshot, noFile: true, clean: true},
		{name: "focus refused", prepare: stubborn, outcome: fail, reason: automation.ReasonFocusRefused, state: automation.Activate, noFile: true, clean: true},
		{name: "minimised", prepare: minimised, outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "user holds alt", prepare: hold("alt"), outcome: fail, reason: automation.ReasonModifiersHeld, state: automation.KeysClear, noFile: true},
		{name: "caps lock", prepare: capsLock, outcome: fail, reason: automation.ReasonCapsLockOn, state: automation.KeysClear, noFile: true, clean: true},
		{name: "keyboard grabbed", prepare: grabbed, outcome: fail, reason: automation.ReasonFocusLostBefore, state: automation.SendChord, noFile: true, clean: true},
		{name: "focus stolen before the chord", prepare: stealAt(automation.SendChord), outcome: fail, reason: automation.ReasonFocusLostBefore, state: automation.SendChord, noFile: true, clean: true},
		{name: "focus lost after the chord", prepare: stealAfterKey, outcome: fail, reason: automation.ReasonFocusLostAfter, state: automation.SendChord, noFile: true},
		{name: "focus stolen between chord and dialog", script: fault(exporttest.DialogLate), prepare: stealAt(automation.AwaitDialog), outcome: fail, reason: automation.ReasonFocusStolen, state: automation.AwaitDialog, noFile: true, either: true},
		{name: "focus stolen before enter", prepare: stealAt(automation.Confirm), outcome: fail, reason: automation.ReasonFocusLostBefore, state: automation.Confirm, noFile: true},
		{name: "focus stolen before the second enter", prepare: stealAt(automation.ConfirmSave), outcome: fail, reason: automation.ReasonFocusLostBefore, state: automation.ConfirmSave, noFile: true},
		{name: "focus stolen while rendering", prepare: stealAt(automation.Rendering), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "helper dies holding keys", prepare: crashing, outcome: fail, reason: automation.ReasonHelperCrashed, state: automation.SendChord, noFile: true, clean: true},
		{name: "dialog never opens", script: fault(exporttest.DialogNever), outcome: fail, reason: automation.ReasonDialogNeverOpened, state: automation.AwaitDialog, noFile: true, clean: true},
		{name: "dialog opens late", script: fault(exporttest.DialogLate), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "midi dialog instead", script: exporttest.Script{Chord: "x", MIDI: "r"}, outcome: fail, reason: automation.ReasonWrongDialog, state: automation.AwaitDialog, noFile: true, clean: true},
		{name: "unknown window", script: fault(exporttest.DialogUnknown), outcome: fail, reason: automation.ReasonUnexpectedDialog, state: automation.AwaitDialog, noFile: true},
		{name: "dialog closes by itself", prepare: closeAt(automation.Confirm), outcome: fail, reason: automation.ReasonDialogLost, state: automation.Confirm, noFile: true, clean: true},
		{name: "live plays before enter", prepare: playAt(automation.Confirm), outcome: fail, reason: automation.ReasonTransportRunning, state: automation.Confirm, noFile: true},
		{name: "recording before enter", prepare: sendAt(automation.Confirm, exporttest.Command{Do: "record"}, recording), outcome: fail, reason: automation.ReasonRecording, state: automation.Confirm, noFile: true},
		{name: "message before enter", prepare: sendAt(automation.Confirm, exporttest.Command{Do: "message", Text: "A device is missing."}, asking), outcome: fail, reason: automation.ReasonUnexpectedDialog, state: automation.Confirm, noFile: true},
		{name: "second live before enter", prepare: at(automation.Confirm, secondLive), outcome: fail, reason: automation.ReasonSeveralLive, state: automation.Confirm, noFile: true},
		{name: "alt held before enter", prepare: at(automation.Confirm, hold("alt")), outcome: fail, reason: automation.ReasonModifiersHeld, state: automation.Confirm, noFile: true},
		{name: "caps lock before enter", prepare: at(automation.Confirm, capsLock), outcome: fail, reason: automation.ReasonCapsLockOn, state: automation.Confirm, noFile: true},
		{name: "live plays before the second enter", prepare: playAt(automation.ConfirmSave), outcome: fail, reason: automation.ReasonTransportRunning, state: automation.ConfirmSave, noFile: true},
		{name: "alt held before the second enter", prepare: at(automation.ConfirmSave, hold("alt")), outcome: fail, reason: automation.ReasonModifiersHeld, state: automation.ConfirmSave, noFile: true},
		{name: "message before the chord", prepare: sendAt(automation.SendChord, exporttest.Command{Do: "message", Text: "A device is missing."}, asking), outcome: fail, reason: automation.ReasonDialogAlreadyOpen, state: automation.SendChord, noFile: true},
		{name: "live plays before the chord", prepare: playAt(automation.SendChord), outcome: fail, reason: automation.ReasonTransportRunning, state: automation.SendChord, noFile: true},
		{name: "second live before the chord", prepare: at(automation.SendChord, secondLive), outcome: fail, reason: automation.ReasonSeveralLive, state: automation.SendChord, noFile: true},
		{name: "layout ru before the chord", prepare: at(automation.SendChord, layout("ru")), outcome: fail, reason: automation.ReasonLayoutUnsupported, state: automation.SendChord, noFile: true, clean: true},
		{name: "link lost before enter", prepare: func(_ *testing.T, b *bench) { b.at(automation.Confirm, func() { b.live.SetDown(true) }) }, outcome: fail, reason: automation.ReasonLinkDown, state: automation.Confirm, noFile: true},
		{name: "title gains a star", script: fault(exporttest.TitleStar), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "title names another set", script: fault(exporttest.TitleOther), outcome: fail, reason: automation.ReasonWrongSet, state: automation.Confirm, noFile: true},
		{name: "export disabled", script: fault(exporttest.ExportDisabled), outcome: fail, reason: automation.ReasonSaveNeverOpened, state: automation.AwaitSave, noFile: true, clean: true},
		{name: "render length zero", script: fault(exporttest.LengthZero), outcome: fail, reason: automation.ReasonSaveNeverOpened, state: automation.AwaitSave, noFile: true, clean: true},
		{name: "stop audio prompt", script: fault(exporttest.StopAudio), outcome: fail, reason: automation.ReasonStopAudioPrompt, state: automation.AwaitSave, noFile: true},
		{name: "save ignores the first enter", script: fault(exporttest.SaveIgnoresFirst), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "save would not close", script: fault(exporttest.SaveIgnoresAll), outcome: fail, reason: automation.ReasonSaveWouldNotClose, state: automation.ConfirmSave, noFile: true},
		{name: "overwrite prompt", prepare: oldFile, outcome: fail, reason: automation.ReasonOverwritePrompt, state: automation.ConfirmSave},
		{name: "no file", script: fault(exporttest.NoFile), outcome: unver, reason: automation.ReasonRenderNeverStarted, state: automation.Rendering, noFile: true},
		{name: "render stalls", script: fault(exporttest.Stalls), outcome: unver, reason: automation.ReasonRenderStalled, state: automation.Rendering},
		{name: "render too long", script: fault(exporttest.Endless), request: automation.Request{RenderMax: 2 * time.Second}, outcome: unver, reason: automation.ReasonRenderTooLong, state: automation.Rendering},
		{name: "render is slow", script: exporttest.Script{ChunkMs: 250}, outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "render restarts", script: exporttest.Script{Fault: exporttest.Restarts, ChunkMs: 40}, outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "error box while rendering", script: fault(exporttest.ErrorMidRender), outcome: fail, reason: automation.ReasonRenderErrorDialog, state: automation.Rendering},
		{name: "cancelled in live", script: exporttest.Script{Fault: exporttest.CancelledInLive, ChunkMs: 250}, outcome: cancel, reason: automation.ReasonRenderCancelled, state: automation.Rendering, noFile: true, clean: true},
		{name: "live dies", script: exporttest.Script{Fault: exporttest.DiesMidRender, ChunkMs: 400}, outcome: fail, reason: automation.ReasonLiveGone, state: automation.Rendering},
		{name: "disk full", script: fault(exporttest.Stalls), prepare: fillsUp, outcome: fail, reason: automation.ReasonDiskFull, state: automation.Rendering},
		{name: "header never final", script: exporttest.Script{Fault: exporttest.NeverFinal, ChunkMs: 200}, outcome: unver, reason: automation.ReasonFileIncomplete, state: automation.Rendering, clean: true},
		{name: "file cut short", script: exporttest.Script{Fault: exporttest.Truncated, ChunkMs: 200}, outcome: unver, reason: automation.ReasonFileIncomplete, state: automation.Rendering, clean: true},
		{name: "no sound file", script: exporttest.Script{Fault: exporttest.NotAudio, ChunkMs: 1500}, outcome: fail, reason: automation.ReasonBadHeader, state: automation.Rendering, clean: true},
		{name: "header only", script: exporttest.Script{Fault: exporttest.HeaderOnly, ChunkMs: 1500}, outcome: fail, reason: automation.ReasonZeroLength, state: automation.Rendering, clean: true},
		{name: "zero bytes", script: exporttest.Script{Fault: exporttest.ZeroBytes, ChunkMs: 1500}, outcome: fail, reason: automation.ReasonZeroLength, state: automation.Rendering, clean: true},
		{name: "second file", script: fault(exporttest.SecondFile), outcome: automation.WithWarnings, state: automation.Done, clean: true},
		{name: "odd length", script: exporttest.Script{Seconds: 1, LastBeat: 64}, outcome: automation.WithWarnings, state: automation.Done, clean: true},
		{name: "stopped before the render", prepare: stopAt(automation.AwaitSave), outcome: cancel, reason: automation.ReasonUserStopped, state: automation.AwaitSave, noFile: true, clean: true},
		{name: "stopped while rendering", script: exporttest.Script{ChunkMs: 100}, prepare: stopAt(automation.Rendering), outcome: unver, reason: automation.ReasonStoppedWatching, state: automation.Rendering},
		{name: "mouse in the corner", prepare: cornerAt(automation.Confirm), outcome: cancel, reason: automation.ReasonCornerStop, state: automation.Confirm, noFile: true},
		{name: "whole deadline", script: fault(exporttest.DialogNever), prepare: shortDeadline, outcome: fail, reason: automation.ReasonDeadline, state: automation.AwaitDialog, noFile: true, clean: true},
		{name: "clock jumps", prepare: jumpAt(automation.Confirm), outcome: fail, reason: automation.ReasonClockJump, state: automation.Confirm, noFile: true},
		{name: "clock jumps while rendering", prepare: jumpAt(automation.Rendering), outcome: automation.Verified, state: automation.Done, clean: true},
		{name: "dry run", request: automation.Request{DryRun: true}, outcome: cancel, reason: automation.ReasonDryRun, state: automation.Confirm, noFile: true, clean: true},
		{name: "odd names", script: exporttest.Script{Set: `It's "mine" 🎹 ünï [draft]`, Project: "x Project"}, outcome: automation.Verified, state: automation.Done, clean: true},
	}
}
