// Command bench puts Shardhost beside its peers on the same work.
//
//	go run . road [--runs N] [--events N] [--json]
//
// Every client is a process of its own with one Go processor; all of them are
// served the same stream by this process, in turns (A B C A B C …), and each
// checks that it got all of it. CPU is what the operating system accounts to
// the client between its first and its last event. Quote ratios: absolute times
// move by a factor of two between runs on shared machines.
//
//	go run . languages [--runs N] [--json]
//
// builds a guest with each SDK whose compiler is there, and measures a typed
// handler of MESSAGE_CREATE beside one in native Go on discordgo's structs.
package main
