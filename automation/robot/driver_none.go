//go:build !cgo || norobot

package robot

// driver is missing in this build; Serve says so.
var driver keyDriver
