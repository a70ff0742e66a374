// Package takelist is the model of the takes page: the takes of the library made ready for searching, sorting and showing, the rows of the
// list, what is chosen in it, and the strip that tells what is recording, landing or could be recorded.
//
// It is pure: no toolkit, no disk, no clock of its own. Texts come from words.Say. Only app/window/takes and tests import it.
package takelist
