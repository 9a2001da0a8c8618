// Package layers holds the tests that keep the architecture: packages import
// only what stands below them, a library that is somebody's business stays
// theirs, each package says what it is for, and no file grows without end.
package layers
