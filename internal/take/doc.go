// Package take is the take library on disk: it collects what Live recorded, checks it, names it, describes it in a
// sidecar, and keeps all of that safe against a crash at any moment.
//
// A landing goes: wait until the file is finished, copy it under a name that ends in ".part" with SHA-256 in the same pass, sync, rename without
// ever overwriting, sync the folder, read it back with hash and levels, write the sidecar last. A journal in the home
// folder says how far each landing came, so that the next start can go on.
//
// The package must not talk to Live, must never change or remove a file in Live's project, and must not know the core, a toolkit or the
// configuration. internal/control declares the interface that Library fills; main imports this package and hands it over.
package take
