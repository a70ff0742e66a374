package wire

// AddDeadline is for tests.
var AddDeadline = addDeadline
