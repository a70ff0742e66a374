// Package audio reads, checks, measures, repairs and writes the sound files of
// a take: WAV (also RF64, BW64 and RIFX) and AIFF/AIFC with plain PCM or float
// samples.
//
// What a file is follows from its bytes, never from its name. A recorder that
// is still at work, or that crashed, leaves headers whose sizes are zero or
// old; such a file is recognised and described ([Info].Complete,
// [Info].Reason), because its samples are still there and [Rescue] can bring
// them back on a copy.
//
// The package must not know about Live, takes, sidecars or the network, must
// not log, and must not change a file that it did not create. It rests on the
// standard library alone and needs no cgo. internal/take and automation import
// it; so may anything else that handles sound files.
package audio
