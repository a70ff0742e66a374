package automation

// Every reason that an attempt can end with. The manual lists the same (docs/manual/export.md, checked by a test).
const (
	ReasonDisabled           Reason = "disabled"
	ReasonNotConsented       Reason = "not_consented"
	ReasonNotRehearsed       Reason = "not_rehearsed"
	ReasonBusy               Reason = "busy"
	ReasonUnsupportedSession Reason = "unsupported_session"
	ReasonPermissionMissing  Reason = "permission_missing"
	ReasonLayoutUnsupported  Reason = "layout_unsupported"
	ReasonHelperMissing      Reason = "helper_missing"
	ReasonLinkDown           Reason = "link_down"
	ReasonTransportRunning   Reason = "transport_running"
	ReasonRecording          Reason = "recording"
	ReasonDialogAlreadyOpen  Reason = "dialog_already_open"
	ReasonSetChanged         Reason = "set_changed"
	ReasonLiveNotRunning     Reason = "live_not_running"
	ReasonSeveralLive        Reason = "several_live"
	ReasonWrongSet           Reason = "wrong_set"
	ReasonTitleUnreadable    Reason = "title_unreadable"
	ReasonFolderMissing      Reason = "folder_missing"
	ReasonFolderNotWritable  Reason = "folder_not_writable"
	ReasonDiskLow            Reason = "disk_low"
	ReasonFocusRefused       Reason = "focus_refused"
	ReasonModifiersHeld      Reason = "modifiers_held"
	ReasonCapsLockOn         Reason = "capslock_on"
	ReasonFocusLostBefore    Reason = "focus_lost_before_key"
	ReasonFocusLostAfter     Reason = "focus_lost_after_key"
	ReasonHelperCrashed      Reason = "helper_crashed"
	ReasonDialogNeverOpened  Reason = "dialog_never_opened"
	ReasonWrongDialog        Reason = "wrong_dialog"
	ReasonUnexpectedDialog   Reason = "unexpected_dialog"
	ReasonDialogLost         Reason = "dialog_lost"
	ReasonSaveNeverOpened    Reason = "save_never_opened"
	ReasonStopAudioPrompt    Reason = "stop_audio_prompt"
	ReasonSaveWouldNotClose  Reason = "save_would_not_close"
	ReasonOverwritePrompt    Reason = "overwrite_prompt"
	ReasonRenderNeverStarted Reason = "render_never_started"
	ReasonRenderStalled      Reason = "render_stalled"
	ReasonRenderTooLong      Reason = "render_too_long"
	ReasonRenderErrorDialog  Reason = "render_error_dialog"
	ReasonRenderCancelled    Reason = "render_cancelled_in_live"
	ReasonLiveGone           Reason = "live_gone"
	ReasonDiskFull           Reason = "disk_full"
	ReasonFileIncomplete     Reason = "file_incomplete"
	ReasonBadHeader          Reason = "bad_header"
	ReasonZeroLength         Reason = "zero_length"
	ReasonSilent             Reason = "silent"
	ReasonUserStopped        Reason = "user_stopped"
	ReasonStoppedWatching    Reason = "stopped_watching"
	ReasonCornerStop         Reason = "corner_stop"
	ReasonFocusStolen        Reason = "focus_stolen"
	ReasonDeadline           Reason = "deadline"
	ReasonClockJump          Reason = "clock_jump"
	ReasonInterrupted        Reason = "interrupted"
	ReasonDisplayGone        Reason = "display_gone"
	ReasonDryRun             Reason = "dry_run"
	ReasonBadInput           Reason = "bad_input"
	ReasonSetNeverOpened     Reason = "set_never_opened"
)

type reasonRow struct {
	Reason
	Explanation
}

const lookInLive = "Look at Live: if a dialog is still open there, close it by hand. Then try again."

// reasonTable is read only. Its order is the order of the states.
var reasonTable = []reasonRow{
	{ReasonDisabled, Explanation{Preflight, Failed, "Export attempts are switched off.", "Switch them on with `takebar export enable`."}},
	{ReasonNotConsented, Explanation{Preflight, Failed, "You agreed to an older text about export attempts; it has changed since.", "Read the new one and agree with `takebar export enable`."}},
	{ReasonNotRehearsed, Explanation{Preflight, Failed, "The shortcut has not been rehearsed with this version of Live.", "Run `takebar export rehearse` once, with Live open."}},
	{ReasonBusy, Explanation{Preflight, Failed, "Another export attempt or rehearsal is running.", "Wait for it to end, or stop it, then try again."}},
	{ReasonUnsupportedSession, Explanation{Preflight, Failed, "Takebar cannot see or reach Live's window in this kind of session.", "Use an X11 session, Windows or macOS; or record a take instead, which needs no keys."}},
	{ReasonPermissionMissing, Explanation{Preflight, Failed, "The system does not let Takebar send keys to Live.", "On macOS allow Takebar under System Settings > Privacy & Security > Accessibility. On Windows start Live without administrator rights."}},
	{ReasonLayoutUnsupported, Explanation{Preflight, Failed, "The active keyboard layout cannot type the shortcut.", "Switch to a layout with Latin letters, then try again."}},
	{ReasonHelperMissing, Explanation{Preflight, Failed, "This build of Takebar has no key driver.", "Install a build with one (without the tag norobot); `takebar doctor` says which you have."}},
	{ReasonLinkDown, Explanation{BridgeCheck, Failed, "There is no link to Live, so nothing can be checked.", "Start Live and see that Takebar is chosen as Control Surface; `takebar doctor` helps."}},
	{ReasonTransportRunning, Explanation{BridgeCheck, Failed, "Live is playing.", "Stop Live, then try again."}},
	{ReasonRecording, Explanation{BridgeCheck, Failed, "Live is recording, or a take is running.", "Finish the recording first."}},
	{ReasonDialogAlreadyOpen, Explanation{BridgeCheck, Failed, "A message or dialog is open in Live.", "Answer it in Live yourself, then try again. Takebar never does."}},
	{ReasonSetChanged, Explanation{BridgeCheck, Failed, "Another set is open in Live than the one that was planned.", "Open the set again, or plan again."}},
	{ReasonLiveNotRunning, Explanation{FindWindow, Failed, "No window of Live was found.", "Start Live and open the set."}},
	{ReasonSeveralLive, Explanation{FindWindow, Failed, "More than one Live is running.", "Close all but one, so that it is certain which one is meant."}},
	{ReasonWrongSet, Explanation{FindWindow, Failed, "Live's window shows another set than the link reports.", "Open the set that you mean, wait until it has loaded, then try again."}},
	{ReasonTitleUnreadable, Explanation{FindWindow, Failed, "The title of Live's window cannot be read, so it is not certain which set it shows.", "See that Live's window is open and not hidden; on macOS allow Accessibility."}},
	{ReasonFolderMissing, Explanation{Snapshot, Failed, "The folder to watch does not exist.", "Create it, or name the folder that Live's Save dialog points to with --folder."}},
	{ReasonFolderNotWritable, Explanation{Snapshot, Failed, "Nothing can be written to the folder to watch.", "Choose a folder that you may write to, in Live's Save dialog and with --folder."}},
	{ReasonDiskLow, Explanation{Snapshot, Failed, "There is too little space on the disk for this export.", "Make room, then try again."}},
	{ReasonFocusRefused, Explanation{Activate, Failed, "Live did not come to the front.", "Click Live's window yourself (on the desktop that you see), then try again."}},
	{ReasonModifiersHeld, Explanation{KeysClear, Failed, "A modifier key is held down.", "Let go of Ctrl, Shift, Alt and Cmd, then try again."}},
	{ReasonCapsLockOn, Explanation{KeysClear, Failed, "Caps Lock is on.", "Switch Caps Lock off, then try again."}},
	{ReasonFocusLostBefore, Explanation{SendChord, Failed, "Another window came to the front right before a key; nothing was pressed.", "Leave mouse and keyboard alone until Live renders. " + lookInLive}},
	{ReasonFocusLostAfter, Explanation{SendChord, Failed, "Another program's window was in front right after a key; nothing more was pressed.", lookInLive}},
	{ReasonHelperCrashed, Explanation{SendChord, Failed, "The key driver ended unexpectedly; its key counts as not sent, and all modifiers were released.", lookInLive}},
	{ReasonDialogNeverOpened, Explanation{AwaitDialog, Failed, "Live's export dialog did not open after the shortcut.", "Check in Live's File menu that Export Audio/Video is not greyed out and which shortcut it shows, then rehearse again."}},
	{ReasonWrongDialog, Explanation{AwaitDialog, Failed, "The shortcut opened another dialog than Export Audio/Video; nothing was confirmed in it.", "Rehearse again with the other shortcut: `takebar export rehearse --chord r`."}},
	{ReasonUnexpectedDialog, Explanation{AwaitDialog, Failed, "A window or message came up that Takebar does not know; it pressed nothing.", "Read and answer it in Live yourself, then try again."}},
	{ReasonDialogLost, Explanation{Confirm, Failed, "The export dialog went away before it was confirmed.", lookInLive}},
	{ReasonSaveNeverOpened, Explanation{AwaitSave, Failed, "No Save dialog followed the export dialog.", "Open the export dialog by hand: is PCM or MP3 on, and is Render Length more than zero?"}},
	{ReasonStopAudioPrompt, Explanation{AwaitSave, Failed, "Live asks whether to stop playing before the export; Takebar did not answer.", "Answer it in Live, stop the transport, then try again."}},
	{ReasonSaveWouldNotClose, Explanation{ConfirmSave, Failed, "The Save dialog stayed open.", "Look at it in Live: is the folder right and the name allowed? Close it, then try again."}},
	{ReasonOverwritePrompt, Explanation{ConfirmSave, Failed, "A file of that name exists and the system asks whether to replace it; Takebar never answers that.", "Answer No and cancel the export, move the old file away, then try again."}},
	{ReasonRenderNeverStarted, Explanation{Rendering, Unverified, "The Save dialog closed, but no new file appeared in the folder that Takebar watches.", "Look where Live's Save dialog points to, and name that folder with --folder."}},
	{ReasonRenderStalled, Explanation{Rendering, Unverified, "The file stopped growing and was never finished.", "Look at Live: does it still render? The file may be good once it is done."}},
	{ReasonRenderTooLong, Explanation{Rendering, Unverified, "The render took longer than allowed; Takebar stopped watching, Live may go on.", "Wait for Live, then listen to the file; allow more time with --render-limit."}},
	{ReasonRenderErrorDialog, Explanation{Rendering, Failed, "Live showed a message while rendering; Takebar did not answer it.", "Read the message in Live and answer it there."}},
	{ReasonRenderCancelled, Explanation{Rendering, Cancelled, "The render was cancelled in Live.", "Nothing to do; try again when you like."}},
	{ReasonLiveGone, Explanation{Rendering, Failed, "Live ended during the attempt.", "Start Live again. A half-written file may be left in the folder; nothing was removed."}},
	{ReasonDiskFull, Explanation{Rendering, Failed, "The disk is full.", "Make room, close Live's message, then try again. The unfinished file was not removed."}},
	{ReasonFileIncomplete, Explanation{Settle, Unverified, "The file is there, but its end never came.", "Look at Live, then listen to the file before you use it."}},
	{ReasonBadHeader, Explanation{Verify, Failed, "The new file is not a sound file that can be read.", "Export by hand, and compare the format in the export dialog."}},
	{ReasonZeroLength, Explanation{Verify, Failed, "The new file has no sound in it: its length is zero.", "Check Render Start and Render Length in the export dialog, and the selection in the Arrangement."}},
	{ReasonSilent, Explanation{Verify, Unverified, "The new file is complete, but silent from start to end.", "Check what was rendered: the Rendered Track in the export dialog, mutes, solos and the range."}},
	{ReasonUserStopped, Explanation{"", Cancelled, "You stopped the attempt before Live rendered.", lookInLive}},
	{ReasonStoppedWatching, Explanation{"", Unverified, "You stopped the watching. Live itself goes on rendering.", "Cancel in Live if you want the render to stop, or wait and listen to the file."}},
	{ReasonCornerStop, Explanation{"", Cancelled, "The mouse was in a corner of the screen, so everything stopped at once.", lookInLive}},
	{ReasonFocusStolen, Explanation{"", Failed, "Another program came to the front during the attempt; nothing more was pressed.", lookInLive}},
	{ReasonDeadline, Explanation{"", Failed, "The attempt took longer than allowed before Live rendered.", lookInLive}},
	{ReasonClockJump, Explanation{"", Failed, "The clock jumped (sleep, or the time was set), so what was checked may not hold any more.", lookInLive}},
	{ReasonInterrupted, Explanation{"", Unverified, "Takebar itself ended in the middle of this attempt, after the first key.", lookInLive}},
	{ReasonDisplayGone, Explanation{"", Failed, "The connection to the display was lost.", lookInLive}},
	{ReasonDryRun, Explanation{"", Cancelled, "Dry run: the export dialog opened and closed as expected; nothing was exported.", "Run the same without --dry-run."}},
	{ReasonBadInput, Explanation{"", Failed, "This cannot be exported.", "Check the file."}},
	{ReasonSetNeverOpened, Explanation{"", Failed, "Live did not open the set in time.", "Open it by hand once: does Live ask something, or is it the wrong Live version?"}},
}
