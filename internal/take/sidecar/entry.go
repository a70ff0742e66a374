package sidecar

// Entry is a take in the library with its places on disk.
type Entry struct {
	Take
	Folder  string   `json:"folder"`  // absolute
	Sidecar string   `json:"sidecar"` // absolute
	Paths   []string `json:"paths"`   // absolute, of Files in order
	Trashed bool     `json:"trashed"`
	// Gone says that the take is no longer there, neither in the library nor in its trash; only the ID is known. Only answers to Since have it.
	Gone bool `json:"gone,omitempty"`
}

// Query filters the library. The zero Query means everything that is not in the trash.
type Query struct {
	Text    string `json:"text,omitempty"` // in name, set, tracks or note, ignoring case
	Set     string `json:"set,omitempty"`
	Limit   int    `json:"limit,omitempty"`
	Trashed bool   `json:"trashed,omitempty"` // only the trash
	// Since asks for the takes that changed after that revision of the library (Overview), in the library and in the trash, whatever became of them: Trashed and Gone
	// say it. A revision before Overview.Base gives all takes of both. It goes with Limit and After, and with no other filter; those that are Gone are told where Limit
	// leaves room for more.
	Since uint64 `json:"since,omitempty"`
	// After asks for the takes that follow the one with this Sidecar: the next page after one of Limit takes. It is refused where that take is not among
	// them any more.
	After string `json:"after,omitempty"`
}

// Overview is the library at a glance.
type Overview struct {
	// Revision rises whenever a take in the library or its trash changed, whoever changed it, also where another library takes over. 0 = not looked at yet.
	Revision uint64 `json:"revision"`
	// Base is the revision from which on changes are known. Who knows the library as of an earlier one, or of a later one than Revision, begins anew.
	Base       uint64 `json:"base"`
	Takes      int    `json:"takes"`      // in the library, the trash not counted
	Unreadable int    `json:"unreadable"` // of them, those with StatusUnreadable
	// Problem is a sentence about the takes folder as a whole: it is not there, or some of it cannot be read. "" = all is well.
	Problem string `json:"problem"`
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
