//go:build !linux

package main

import "errors"

func newSmallDisk(string) (smallDisk, string, error) {
	return nil, "", errors.New("a disk can be made full on Linux only")
}
