// Command gen writes the tables of package discord: the typed ids, the events
// and the event table of the documentation. It runs in the package's folder.
package main

import (
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	files, err := generate(".")
	if err != nil {
		log.Fatal("gen: ", err)
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			log.Fatal("gen: ", err)
		}
	}
}
