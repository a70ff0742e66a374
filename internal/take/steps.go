package take

// The steps of a landing at which Options.Step is called. Those from StepPartCreated to StepVerified come once for each audio file.
const (
	StepNoted          = "noted"           // the journal knows that the take is to land; nothing else has happened
	StepPlanned        = "planned"         // number and names are chosen and journaled
	StepPartCreated    = "part_created"    // the empty .part file is there (a repaired or cloned one comes complete)
	StepCopying        = "copying"         // about half of the bytes are in the .part file
	StepCopied         = "copied"          // the .part file is complete and synced; the journal does not know yet
	StepJournaledCopy  = "journaled_copy"  // the journal knows its hash
	StepPlaced         = "placed"          // it has its final name; the folder is not synced
	StepFolderSynced   = "folder_synced"   // the folder is synced
	StepVerified       = "verified"        // it was read back and is equal
	StepSidecarWritten = "sidecar_written" // the sidecar is complete under its .part name
	StepSidecarPlaced  = "sidecar_placed"  // the sidecar is in place: the take is in the library
	StepDoneNoted      = "done_noted"      // the record of landed takes knows it
	StepJournalClosed  = "journal_closed"  // the journal of the landing is gone
)

// Steps lists the names that Options.Step is called with, in the order in which a landing passes them.
func Steps() []string {
	return []string{
		StepNoted, StepPlanned, StepPartCreated, StepCopying, StepCopied, StepJournaledCopy, StepPlaced, StepFolderSynced,
		StepVerified, StepSidecarWritten, StepSidecarPlaced, StepDoneNoted, StepJournalClosed,
	}
}
