// Package main stands for a plugin in Go.
package main

func main() {}
