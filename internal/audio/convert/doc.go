// Package convert makes copies of recordings in other formats: WAV, AIFF, FLAC
// and MP3, with other bits (dithered), another level, cut to a range, without
// the silence at the end, and with tags.
//
// The source is only read. A copy grows under a name that ends in .part, is
// read back and compared, and only then gets a name that was free; nothing is
// ever overwritten. When a conversion fails or is cancelled, nothing of it stays
// behind.
//
// MP3 comes from the user's own LAME: its library, loaded while the program
// runs, or the programs lame or ffmpeg. FLAC comes from the program flac where
// it is installed, since it is faster and packs tighter, and else from a Go
// library.
//
// The package must not know Live, takes, sidecars or settings, and must not log.
// internal/cli and whoever lands bounces may import it.
package convert
