// Package recording is what recordings are: frames in a file, in the form that
// guests get them in (package abi), and their form for people, a line of JSON.
//
// A [Reader] reads frames one after another and says where a file is damaged. A
// recording says of itself whose frames follow: in control frames named
// "recording", whose body is a [Header]. They are for tools, and never reach a
// guest. A file without them is a recording as well.
package recording
