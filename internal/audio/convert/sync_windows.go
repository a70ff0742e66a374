package convert

// syncFolder does nothing: Windows cannot sync a folder, and NTFS keeps names in
// its own journal.
func syncFolder(string) error { return nil }
