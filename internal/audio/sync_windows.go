package audio

// syncFolder does nothing: Windows cannot sync a folder, and NTFS keeps renames
// in its own journal.
func syncFolder(string) error { return nil }
