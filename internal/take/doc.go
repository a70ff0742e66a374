// Package take is the take library on disk: it collects what Live recorded, checks it, names it, describes it in a
// sidecar, and keeps all of that safe against a crash at any moment.
//
// A landing goes: look whether the file is finished, copy it under a name that ends in ".part" with SHA-256 in the same pass, look again, sync,
// rename without ever overwriting, sync the folder, read it back with hash and levels in one pass, write the sidecar last. The two looks are at
// least 200 ms apart and must agree, or the part is thrown away. Reading back asks the disk rather than memory as far as the system lets us (a
// hint on Linux, uncached reads on macOS, nothing on Windows). A journal in the home folder says how far each landing came, so that the next start can go
// on; Steps names the moments between.
//
// On disk lie: the takes folder with audio files and sidecars (docs/sidecar.md), its ".trash", its ".rename" with a note while a take is renamed (RenameSteps), and in the home folder "journal" with one file for each take that is not
// safe yet, "journal/done" with those that landed lately, and "takes-folders.json".
//
// The package must not talk to Live, must never change or remove a file in Live's project, and must not know the core, a toolkit or the
// configuration. internal/control declares the interface that Library fills; main imports this package and hands it over.
package take
