package take

// FreeSpace is how many bytes this user may still write to the disk of a folder. The folder must exist.
func FreeSpace(dir string) (int64, error) { return freeBytes(dir) }
