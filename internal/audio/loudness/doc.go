// Package loudness measures how loud a recording sounds: integrated loudness in
// LUFS, loudness range in LU and true peak in dBTP, as ITU-R BS.1770-4, EBU R128
// and EBU Tech 3341 and 3342 define them.
//
// It takes decoded samples and knows neither files' headers nor the rest of the
// program; it must not log and keeps no state outside a Meter. internal/take and
// the windows may import it. It rests on internal/audio and the standard
// library.
package loudness
