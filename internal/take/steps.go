package take

// Steps are the names that Options.Step is called with, in the order in which a landing passes them. Those from StepPartCreated to
// StepVerified come once for each audio file.
var Steps = []string{
	StepNoted, StepPlanned, StepPartCreated, StepCopying, StepCopied, StepJournaledCopy, StepPlaced, StepFolderSynced,
	StepJournaledPlace, StepVerified, StepSidecarWritten, StepSidecarPlaced, StepDoneNoted, StepJournalClosed,
}

// The steps of a landing.
const (
	StepNoted          = "noted"           // the journal knows the take; nothing else has happened
	StepPlanned        = "planned"         // number and names are chosen and journaled
	StepPartCreated    = "part_created"    // the empty .part file is there
	StepCopying        = "copying"         // about half of the bytes are in the .part file
	StepCopied         = "copied"          // the .part file is complete and synced; the journal does not know yet
	StepJournaledCopy  = "journaled_copy"  // the journal knows its hash
	StepPlaced         = "placed"          // it has its final name; the folder is not synced
	StepFolderSynced   = "folder_synced"   // the folder is synced; the journal does not know yet
	StepJournaledPlace = "journaled_place" // the journal knows that it is placed
	StepVerified       = "verified"        // it was read back and is equal
	StepSidecarWritten = "sidecar_written" // the sidecar is complete under its .part name
	StepSidecarPlaced  = "sidecar_placed"  // the sidecar is in place: the take is in the library
	StepDoneNoted      = "done_noted"      // the record of landed takes knows it
	StepJournalClosed  = "journal_closed"  // the journal of the landing is gone
)
