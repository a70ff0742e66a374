// Package automation makes export attempts: it presses Live's own export shortcut, watches what happens, and says honestly what came of it. Plan,
// guards, the attempt itself, verification, trace and the batch queue live here.
//
// An attempt is hope plus watching. The package must not type, click, answer a message box or overwrite a file, and it presses nothing but the four
// keys of automation/keys, through the keys process. It must not know the core, a user interface or Live's sockets: those come in
// through Link, desktop.Driver and Presser. Only main (and tests) may import it.
package automation
