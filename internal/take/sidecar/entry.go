package sidecar

// Entry is a take in the library with its places on disk.
type Entry struct {
	Take
	Folder  string   `json:"folder"`  // absolute
	Sidecar string   `json:"sidecar"` // absolute
	Paths   []string `json:"paths"`   // absolute, of Files in order
	Trashed bool     `json:"trashed"`
}

// Query filters the library. The zero Query means everything that is not in the trash.
type Query struct {
	Text    string `json:"text,omitempty"` // in name, set, tracks or note, ignoring case
	Set     string `json:"set,omitempty"`
	Limit   int    `json:"limit,omitempty"`
	Trashed bool   `json:"trashed,omitempty"` // only the trash
}

// Progress is how far a landing has come.
type Progress struct {
	TakeID  string  `json:"take"`
	Name    string  `json:"name"`
	Step    string  `json:"step"` // waiting, copying, checking, done
	Done    float64 `json:"done"` // 0 to 1
	Message string  `json:"message"`
	Problem string  `json:"problem"` // "" unless it failed or waits for something
}
