// Package inbox takes the files of a feed as they come into a directory (§3(b):
// a case is known here as soon as the clerk has made it).
//
// A file is taken when it looks the same twice, so that one which is still being
// written is left alone; whoever can should write it under another name, or one
// that begins with a dot, and rename it. What was taken moves into done, beside
// it a file with the rows that could not be used. What fails for another reason,
// such as a database that is away, stays and is tried again: importing a file
// twice changes nothing. Start with [Inbox.Watch].
package inbox
